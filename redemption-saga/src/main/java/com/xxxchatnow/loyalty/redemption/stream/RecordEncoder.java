package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.RedemptionCall;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import com.xxxchatnow.loyalty.schemas.RegistryFaults;
import com.xxxchatnow.loyalty.schemas.Topics;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;

/** Makes bytes of what the saga sends. Throws {@link RegistryAwayException}. */
final class RecordEncoder {
  private final Serializer<RedemptionStatusChanged> announcements;
  private final Serializer<RedemptionCall> calls;

  RecordEncoder(AvroSerdes serdes) {
    this.announcements = serdes.serializer();
    this.calls = serdes.serializer();
  }

  /**
   * @param before the version before; null for the first
   */
  byte[] announcement(Redemption before, Redemption next) {
    return bytes(announcements, Topics.REDEMPTIONS.name(), Announcements.of(before, next));
  }

  byte[] call(RedemptionCall call) {
    return bytes(calls, Topics.REDEMPTION_CALLS.name(), call);
  }

  private static <V extends SpecificRecord> byte[] bytes(Serializer<V> to, String topic, V value) {
    try {
      return to.serialize(topic, value);
    } catch (SerializationException fault) {
      throw RegistryFaults.isOutage(fault) ? new RegistryAwayException(fault) : fault;
    }
  }
}
