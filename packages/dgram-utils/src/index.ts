/**
 * UDP and TCP bound together on one port, promise-based datagrams and address helpers.
 * @packageDocumentation
 */
export { type BindOptions, bindUdp, type BindUdpOptions, type BoundUdp } from './bind-udp'
export { bindUdpTcpPair, type UdpTcpPair } from './bind-udp-tcp-pair'
export { sendDatagram } from './send-datagram'
export { type ReceiveHandlers, receiveLoop } from './receive-loop'
export { formatHostPort, type HostPort, InvalidHostPortError, parseHostPort } from './host-port'
export {
  advertiseAddress,
  defaultRouteInterface,
  firstPrivateIpv4,
  isAnyAddress,
  isPrivateAddress,
  LocalAddressError,
  type NetworkInterfaces,
  privateIpv4Addresses,
  publicIpv6Addresses,
} from './local-address'
export { AddressInUseError, BindError, SendError, type Transport } from './errors'
