import type { ContainerService } from '../src'

export const aService = (id: string, change: Partial<ContainerService> = {}): ContainerService => ({
  id,
  name: 'web',
  address: '10.0.0.1',
  port: 80,
  tags: [],
  attributes: {},
  ttlSeconds: 0,
  origin: {
    containerId: '4a5b6c7d8e9f0123',
    containerName: 'web',
    containerHostname: '',
    exposedPort: '8080',
    hostPort: '80',
    protocol: 'tcp',
  },
  ...change,
})
