# Trainyard's images: api (no libtensorflow in it), worker, predictor, and worker-gpu (TensorFlow with CUDA 12).
#   docker build --target api -t trainyard-api .
ARG NODE_IMAGE=node:20.19.5-bookworm-slim
ARG PYTHON_IMAGE=python:3.11.13-slim-bookworm

# Packages, generated client and compiled code; then without what only development needs.
FROM ${NODE_IMAGE} AS build
WORKDIR /srv/trainyard
COPY . .
RUN node scripts/setup.mjs packages prisma build \
 && npm prune --omit=dev --no-audit --no-fund \
 && rm -rf .trainyard

# libtensorflow alone: 0.9 GB that change with TensorFlow's version only. Debian's Python is there to run pip.
FROM ${NODE_IMAGE} AS libtensorflow
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/trainyard
COPY scripts scripts
RUN TRAINYARD_CACHE=/opt/trainyard node scripts/setup.mjs libtensorflow

# The wheels' own layout is kept: TensorFlow finds CUDA's libraries by it.
FROM ${PYTHON_IMAGE} AS tensorflow-gpu
RUN pip install --no-cache-dir --only-binary=:all: --target /opt/tensorflow "tensorflow[and-cuda]==2.21.0"

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /srv/trainyard
COPY --from=build /srv/trainyard ./
USER node

FROM runtime AS api
ENV PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s CMD ["node", "-e", "fetch('http://127.0.0.1:8000/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/main.js"]

FROM runtime AS worker
COPY --from=libtensorflow /opt/trainyard/libtensorflow/cpu-2.21.0 /opt/libtensorflow
ENV TRAINYARD_LIBTENSORFLOW=/opt/libtensorflow
CMD ["node", "apps/worker/dist/main.js"]

FROM runtime AS predictor
COPY --from=libtensorflow /opt/trainyard/libtensorflow/cpu-2.21.0 /opt/libtensorflow
ENV TRAINYARD_LIBTENSORFLOW=/opt/libtensorflow PORT=8001
EXPOSE 8001
CMD ["node", "apps/predictor/dist/main.js"]

# Run it with `docker run --gpus all` (NVIDIA Container Toolkit): the driver comes from the host, CUDA from the image.
FROM runtime AS worker-gpu
COPY --from=tensorflow-gpu /opt/tensorflow /opt/tensorflow
ENV TRAINYARD_LIBTENSORFLOW=/opt/tensorflow/tensorflow \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
CMD ["node", "apps/worker/dist/main.js"]
