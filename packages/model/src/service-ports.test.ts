import { servicePortsFault, type ServicePort } from './service'

const port = (name: string, number: number, isDefault = false): ServicePort => ({
  name,
  port: number,
  default: isDefault,
})

test.each<[readonly ServicePort[] | null, string | undefined]>([
  [null, undefined],
  [[], undefined],
  [[port('web', 80, true), port('admin', 81)], undefined],
  [[port(' ', 80, true)], 'Ports.Name cannot be empty'],
  [[port('web', 0, true)], 'Ports.Port must be greater than zero'],
  [[port('web', 80, true), port('web', 81)], 'Ports.Name "web" has to be unique'],
  [[port('web', 80, true), port('admin', 81, true)], 'Only one port can be marked as default'],
  [[port('web', 80)], 'One of the Ports must be marked as Default'],
])('the ports %j of a service: %s', (ports, fault) => {
  expect(servicePortsFault(ports)).toBe(fault)
})
