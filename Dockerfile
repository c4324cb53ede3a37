# The image of the GitHub Action, and of regent elsewhere: docker run --rm -v "$PWD:/work" -w /work IMAGE plan -f FILE.
# Any builder can build it: it needs no BuildKit. With BuildKit it builds for every platform without emulation, since the
# compiler runs on the builder's own platform.
# The base is named by its tag: no digest could be verified where this was written. Dependabot (.github/dependabot.yml) keeps
# either current. To pin it, write golang:1.26.8-bookworm@ and the digest that `docker buildx imagetools inspect` shows for the tag.
ARG GO_IMAGE=golang:1.26.8-bookworm

# Builders other than BuildKit know no BUILDPLATFORM; on arm64 they need --build-arg BUILDPLATFORM=linux/arm64.
FROM --platform=${BUILDPLATFORM:-linux/amd64} ${GO_IMAGE} AS build
WORKDIR /src

# Modules change less often than code, so they are a layer of their own. GOPROXY may be given as a build argument.
ARG GOPROXY
COPY go.mod go.sum ./
RUN go mod download

COPY . .
# BuildKit sets these for the platform of the image; without them Go builds for where it runs.
ARG TARGETOS
ARG TARGETARCH
ARG VERSION=development
# The tag puts the time zones into the program: of a zip file named by ZONEINFO, Go would not take the zone that TZ names.
RUN CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} go build -trimpath -tags timetzdata \
    -ldflags "-s -w -X regent/internal/version.number=${VERSION}" -o /out/regent ./cmd/regent

# No shell, no git, no package manager: what is not there cannot be used by a hostile configuration.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/regent /regent

# GitHub requires that actions run as root: the files of outputs and of the workspace belong to the runner's user.
ENTRYPOINT ["/regent"]

ARG VERSION=development
LABEL org.opencontainers.image.title="regent" \
      org.opencontainers.image.description="Keep the image registries that cloud scanners and replicators know in step with one reviewed YAML file" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
