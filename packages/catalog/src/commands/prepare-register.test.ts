import {
  healthCheckDefinitionFields,
  healthCheckFields,
  nodeServiceFields,
  type RegisterRequest,
  registerRequestFields,
} from '@sd/model'
import { prepareRegister } from './prepare-register'

const request = (values: Partial<RegisterRequest>) =>
  registerRequestFields.create({ node: 'a', address: '10.0.0.1', ...values })
const service = (values: object) =>
  request({ service: nodeServiceFields.create({ id: 'web', service: 'web', ...values }) })

describe('prepareRegister', () => {
  it.each([
    [request({ node: '' }), 'Must provide node'],
    [request({ id: 'x' }), 'Bad node ID: uuid string is wrong length'],
    [request({ id: '1'.repeat(36) }), 'Bad node ID: uuid is improperly formatted'],
    [request({ id: '1111111g-1111-1111-1111-111111111111' }), "Bad node ID: encoding/hex: invalid byte: U+0067 'g'"],
    [request({ address: '' }), 'Must provide address if SkipNodeUpdate is not set'],
    [
      service({ id: '', service: '' }),
      'service name (Service.Service) is required; both Service ID (Service.ID) and Service Name cannot be empty',
    ],
    [service({ service: '' }), 'Must provide service name (Service.Service) when service ID is provided'],
    [service({ address: '0.0.0.0' }), 'Invalid service address'],
    [
      service({ port: 1, ports: [{ name: 'a', port: 2, default: false }] }),
      '2 errors occurred:\n\t* Cannot set both Port and Ports\n\t* One of the Ports must be marked as Default\n\n',
    ],
  ])('refuses as Consul does: %#', (input, message) => {
    expect(() => prepareRegister(input)).toThrow(
      expect.objectContaining({ code: 'CATALOG_INVALID_COMMAND', message }) as Error,
    )
  })

  it('fills in ids, the node and the type of checks, and gathers the checks in one list', () => {
    const definition = healthCheckDefinitionFields.create({ http: 'http://a/', intervalMs: 1_000 })
    const prepared = prepareRegister(
      request({
        service: nodeServiceFields.create({ service: 'web' }),
        check: healthCheckFields.create({ name: 'alive' }),
        checks: [healthCheckFields.create({ node: 'A', checkId: 'http', definition })],
      }),
    )
    expect(prepared.service?.id).toBe('web')
    expect(prepared.check).toBeNull()
    expect(prepared.checks).toMatchObject([
      { node: 'A', checkId: 'http', type: 'http' },
      { node: 'a', checkId: 'alive', type: '' },
    ])
  })

  it('lets an update of a service leave the address out', () => {
    expect(prepareRegister(request({ address: '', skipNodeUpdate: true })).node).toBe('a')
  })
})
