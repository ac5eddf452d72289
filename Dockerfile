# syntax=docker/dockerfile:1
# One image, one program. Built in a Swift image, run in a plain Debian of the same release, so that the C libraries
# it was linked with are the ones it finds.
#
#   docker build -t gepeto .
#   docker run --rm -p 8000:8000 -v gepeto:/data -e GEPETO_AUTH=jwt -e GEPETO_JWT_SECRET=… \
#       -e GEPETO_JWT_ISSUER=… -e GEPETO_JWT_AUDIENCE=… -e GEPETO_PUBLIC_URL=http://localhost:8000 gepeto
#
# Inside a container the service must listen on all addresses, and `GEPETO_AUTH=open` refuses that: so the image asks
# for tokens by default, and says which variable is missing. Secrets are given at run time, none is in the image.

# With what scanned pages and further formats need (tesseract in Portuguese and English, pandoc; some 240 MB more):
#
#   docker build --target full -t gepeto:full .
#
# Without a Docker engine: scripts/build-image.

ARG SWIFT_VERSION=6.3.1
ARG BASE=debian:bookworm-slim

FROM swift:${SWIFT_VERSION}-bookworm AS builder
WORKDIR /source
# The model and the packages change less often than the code: a layer of their own.
COPY scripts/setup scripts/setup
RUN scripts/setup
COPY Package.swift ./
COPY Sources Sources
COPY lambda lambda
# SwiftPM wants the folder of every target it knows, also those it does not build.
COPY Tests Tests
# The Swift runtime goes into the binary: the runtime image then needs C libraries only.
RUN swift build --configuration release --product gepeto --static-swift-stdlib \
    && install -D --strip "$(swift build --configuration release --static-swift-stdlib --show-bin-path)/gepeto" /image/usr/local/bin/gepeto \
    && mkdir -p /image/app/models /image/app/web \
    && cp -r models/all-MiniLM-L6-v2 /image/app/models/ \
    && cp -r web/vendor /image/app/web/
COPY web /image/app/web
COPY corpus /image/app/corpus
COPY --chmod=755 scripts/container-health /image/usr/local/bin/container-health

FROM ${BASE} AS slim
# Debian keeps only the newest version of a package, so pinning one would break the build on its next security fix.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libcurl4 libarchive13 libsqlite3-0 libssl3 libstdc++6 libxml2 poppler-utils \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log
# A fixed number: the EFS access point of terraform/ gives the files to the same one.
RUN groupadd --gid 10001 gepeto \
    && useradd --uid 10001 --gid gepeto --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin gepeto \
    && install -d -o gepeto -g gepeto -m 0750 /data
COPY --from=builder /image /
WORKDIR /app
ENV GEPETO_DATA=/data \
    GEPETO_HOST=0.0.0.0 \
    GEPETO_PORT=8000 \
    GEPETO_MODEL_DIR=/app/models/all-MiniLM-L6-v2 \
    GEPETO_AUTH=jwt
USER 10001:10001
# All that is written to; the rest may be read-only.
VOLUME ["/data", "/tmp"]
EXPOSE 8000
# SIGTERM drains: it refuses new questions, finishes what is in hand and ends within 25 s.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD ["container-health"]
ENTRYPOINT ["gepeto"]
CMD ["serve"]

FROM slim AS full
USER 0:0
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends pandoc tesseract-ocr tesseract-ocr-por \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log
USER 10001:10001

# What `docker build .` makes.
FROM slim
