/** "10.0.0.1:8301", "[::1]:8301". */
export const hostPort = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`
