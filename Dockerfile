# syntax=docker/dockerfile:1

# The production image: the bundle on Node.js 24, without package managers' leftovers, as an unprivileged user, on a read-only root.
#   docker build -t crm-gateway .
#   docker compose up        (compose.yaml shows the settings and the flags)

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Nothing that packages bring is run: none needs it.
RUN npm ci --ignore-scripts
COPY . .
# The list of parts comes first: npm makes none where a package is missing, be it for development alone. And package-lock.json is not written again:
# each start would have to read it, to see whether the bundle was made of it.
RUN node scripts/build.cjs \
  && npm sbom --sbom-format=cyclonedx --omit=dev > sbom.cdx.json \
  && npm prune --omit=dev --ignore-scripts --no-save
# Compiled code is cached for one user: the one that runs the image, where nothing can be written.
RUN rm -rf node_modules/.cache && install -d -o node -g node node_modules/.cache \
  && setpriv --reuid=node --regid=node --clear-groups node scripts/warm-up.mjs

FROM node:24-bookworm-slim
# What is installed in the image is not run there.
RUN rm -rf /usr/local/lib/node_modules /opt/yarn* /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn* \
  && install -d -o node -g node -m 0700 /var/lib/crm-gateway
WORKDIR /app
COPY --from=build /app/package.json /app/package-lock.json /app/LICENSE /app/schema.graphql /app/sbom.cdx.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/examples ./examples
COPY --from=build /app/scripts ./scripts
COPY --from=build /app/src ./src
COPY --from=build /app/dist ./dist
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 TOKEN_STORE=/var/lib/crm-gateway/tokens.json
USER node
VOLUME /var/lib/crm-gateway
EXPOSE 4000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node.js itself is process 1: SIGTERM reaches it, and every request is answered before it ends. Its option: docs/operation.md, Memory.
CMD ["node", "--max-semi-space-size=16", "scripts/start.mjs"]
