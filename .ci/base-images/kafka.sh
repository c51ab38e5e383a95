#!/bin/bash
# Kafka's own wrapper turns KAFKA_* into properties and formats the storage; then the broker runs.
set -e
export CLUSTER_ID=${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}
if [ -z "$KAFKA_LISTENERS" ] && [ -n "$KAFKA_ADVERTISED_LISTENERS" ]; then
  # As the real image: listen on all addresses at what is advertised.
  KAFKA_LISTENERS=$(sed -E 's#://[^:,]*:#://0.0.0.0:#g' <<<"$KAFKA_ADVERTISED_LISTENERS")
  export KAFKA_LISTENERS
fi
jvm="-XX:TieredStopAtLevel=1 -Xshare:auto -Dlog4j2.configurationFile=/etc/kafka/docker/log4j2.yaml"
out=$(java $jvm -cp '/opt/kafka/libs/*' kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker \
  --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config 2>&1) ||
  case $out in *"already formatted"*) ;; *) echo "$out" >&2; exit 1 ;; esac
exec java ${KAFKA_HEAP_OPTS--Xmx1g} -XX:+UseSerialGC -Dlog4j2.configurationFile=/etc/kafka/docker/log4j2.yaml $KAFKA_OPTS \
  -cp '/opt/kafka/libs/*' kafka.Kafka /opt/kafka/config/server.properties
