# The server in a container: built from these sources, with a Java of just the modules it needs, not as root.
# What runs at build and start, and the volume's caveats: docs/operations.md, "In a container".
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN bin/memryx install /opt/memryx
RUN packaging/link-java /opt/java-for-memryx

FROM debian:trixie-slim
RUN groupadd --system --gid 10001 memryx \
 && useradd --system --uid 10001 --gid memryx --home-dir /opt/memryx --no-create-home --shell /usr/sbin/nologin memryx \
 && install -d -o memryx -g memryx -m 0750 /data
COPY --from=build /opt/java-for-memryx /opt/java
COPY --from=build /opt/memryx /opt/memryx
# Giving PORT makes the server listen on all addresses, and want keys. G1 also where the JVM would take one processor or
# little memory for a reason to stop everything while it collects. Lossless collections want room beside the heap: 50.
ENV JAVA_HOME=/opt/java \
    PORT=8080 \
    JAVA_OPTS="-XX:+UseG1GC -XX:MaxRAMPercentage=70"
USER memryx
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD bash -c 'exec 3<>/dev/tcp/127.0.0.1/$PORT && printf "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" >&3 && head -n 1 <&3 | grep -q " 200 "'
ENTRYPOINT ["/opt/memryx/bin/memryx"]
CMD ["serve"]
