import { library } from '../toolchain/tsup.base'

export default library(['src/index.ts'])
