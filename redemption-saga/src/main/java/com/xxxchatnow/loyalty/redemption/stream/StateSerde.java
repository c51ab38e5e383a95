package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.schemas.ReleasedSchemas;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions.TimestampMillisConversion;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * The store's format: the newest announcement, in Avro's single-object encoding, whose first ten
 * bytes name the schema it was written with. So a state written by an earlier release is read, and
 * no registry is needed to restore or query.
 */
public final class StateSerde implements Serde<Redemption> {
  private final BinaryMessageEncoder<RedemptionStatusChanged> encoder;
  private final BinaryMessageDecoder<RedemptionStatusChanged> decoder;

  /** Reads what any release has written. */
  public StateSerde() {
    this(ReleasedSchemas.of(Topics.REDEMPTIONS));
  }

  /**
   * @param earlier the schemas that earlier releases wrote
   */
  StateSerde(List<String> earlier) {
    var model = new SpecificData(RedemptionStatusChanged.class.getClassLoader());
    model.addLogicalTypeConversion(new TimestampMillisConversion());
    var known = new SchemaStore.Cache();
    earlier.forEach(text -> known.addSchema(new Schema.Parser().parse(text)));
    encoder = new BinaryMessageEncoder<>(model, RedemptionStatusChanged.getClassSchema());
    decoder = new BinaryMessageDecoder<>(model, RedemptionStatusChanged.getClassSchema(), known);
  }

  @Override
  public Serializer<Redemption> serializer() {
    return (topic, redemption) -> {
      if (redemption == null) return null;
      try {
        var buffer = encoder.encode(Announcements.whole(redemption));
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
      } catch (IOException e) {
        throw new SerializationException("a redemption can't be written", e);
      }
    };
  }

  @Override
  public Deserializer<Redemption> deserializer() {
    return (topic, bytes) -> {
      if (bytes == null) return null;
      try {
        return Announcements.apply(null, decoder.decode(bytes, null));
      } catch (IOException | AvroRuntimeException e) {
        throw new SerializationException("a stored redemption can't be read", e);
      }
    };
  }
}
