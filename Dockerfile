# One image for every service: their sources, which Node runs as they are, and the packages that they need.
ARG NODE_IMAGE
FROM ${NODE_IMAGE} AS packages
WORKDIR /lab
COPY package.json package-lock.json ./
# Types, source maps and manuals are for developers: nearly half of it.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f \( -name '*.ts' -o -name '*.?ts' -o -name '*.map' -o -name '*.md' \) -delete

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
# A new volume takes over whose the folder is.
RUN install -d -o node -g node /data /data/events
WORKDIR /lab
COPY --from=packages /lab/node_modules node_modules
COPY package.json ./
COPY strategies strategies
COPY backends backends
COPY assembly assembly
COPY mutants mutants
COPY record record
COPY services services
COPY load load
USER node
CMD ["node", "services/app/main.ts"]
