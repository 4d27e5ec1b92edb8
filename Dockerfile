# The service as an image: production packages only, not root, everything but /data may be read-only.
# To build the same bits for ever, name the base image by digest too: node:26.10.0-slim@sha256:...
FROM node:26.10.0-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages are the Node.js that the base image is.
RUN npm ci --omit=dev --omit=optional

FROM node:26.10.0-slim
# Two arenas rather than eight for each core: 20 MB less, for memory that only the compiler's threads ask for.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    HOST=0.0.0.0 \
    PORT=3000 \
    WORKERS=auto \
    DATABASE_URL=sqlite:/data/restwell.db
WORKDIR /app
RUN install --directory --owner=node --group=node /data
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY deploy/healthcheck.ts deploy/
COPY src src
COPY console/built console/built
COPY plans.yaml service.yaml ./
COPY schemas schemas
COPY migrations migrations
# By number, so that a scheduler can tell that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["node", "deploy/healthcheck.ts"]
# As `npm start`.
CMD ["node", "--min-semi-space-size=8", "--max-semi-space-size=8", "--no-memory-reducer", "src/cli.ts", "serve"]
