# syntax=docker/dockerfile:1
# The SDK with Node.js builds server and web client, the ASP.NET runtime (Ubuntu with libssl3 and ICU) runs them. See docs/deployment.md.
FROM node:22-bookworm-slim AS node

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && node --version && npm --version
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages --mount=type=cache,target=/root/.npm \
    dotnet publish src/MediaServer.Server --configuration Release --output /app --nologo -p:DebugType=embedded

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
WORKDIR /app
COPY --from=build /app .
RUN mkdir /data && chown "$APP_UID" /data
# HTTP_PORTS of the base image would only raise a warning beside URLS.
ENV ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://+:8080 \
    DOTNET_EnableDiagnostics=0 \
    MediaServer__DataDirectory=/data
USER $APP_UID
VOLUME /data
# Media: one UDP port per shard (by default per core), counted from MediaServer__Media__BasePort.
EXPOSE 8080/tcp 50000-50015/udp 50000-50015/tcp
# The image has no curl; bash can speak to a port by itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '\"status\":\"ok\"' <&3"]
ENTRYPOINT ["dotnet", "MediaServer.Server.dll"]
