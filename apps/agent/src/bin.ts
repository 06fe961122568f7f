/** The process: arguments in, exit code out; nothing else. */
import { main } from './main'

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode
})
