#!/usr/bin/env node
// Prints the address of a network interface: its first IPv4 address, else its first IPv6 address that others can reach.
const { networkInterfaces } = require('node:os')

const name = process.argv[2]
const addresses = networkInterfaces()[name] ?? []
const chosen =
  addresses.find(({ family }) => family === 'IPv4') ??
  addresses.find(({ family, scopeid }) => family === 'IPv6' && scopeid === 0)
if (chosen === undefined) {
  console.error(`interface ${name} has no address; there are: ${Object.keys(networkInterfaces()).join(', ')}`)
  process.exit(1)
}
console.log(chosen.address)
