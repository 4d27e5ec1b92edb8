// Lets a service of this repository find OpenTelemetry, which is installed here and not beside its other packages:
// `node --import ./tools/tracing/register.ts src/cli.ts serve`.

import { registerHooks } from 'node:module'

const isTracing = /^@(?:opentelemetry\/|fastify\/otel$)/

registerHooks({
  resolve: (name, context, next) =>
    next(name, isTracing.test(name) ? { ...context, parentURL: import.meta.url } : context),
})
