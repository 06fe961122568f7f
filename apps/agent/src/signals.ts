/** The operating system's wishes: reload, leave, or just stop. */

export interface SignalPlan {
  /** Leaves the cluster on SIGTERM (Consul's leave_on_terminate). */
  readonly leaveOnTerminate: boolean
  /** Does not leave on SIGINT (Consul's skip_leave_on_interrupt). */
  readonly skipLeaveOnInterrupt: boolean
}

/** Whether a signal means to leave the cluster before stopping. */
export const isGraceful = (signal: 'SIGINT' | 'SIGTERM', plan: SignalPlan): boolean =>
  signal === 'SIGINT' ? !plan.skipLeaveOnInterrupt : plan.leaveOnTerminate

/** Listens until `dispose` is called. */
export function onSignals(handlers: { stop: (signal: 'SIGINT' | 'SIGTERM') => void; reload: () => void }): {
  dispose(): void
} {
  const interrupt = () => handlers.stop('SIGINT')
  const terminate = () => handlers.stop('SIGTERM')
  process.on('SIGINT', interrupt).on('SIGTERM', terminate).on('SIGHUP', handlers.reload)
  return {
    dispose: () => void process.off('SIGINT', interrupt).off('SIGTERM', terminate).off('SIGHUP', handlers.reload),
  }
}
