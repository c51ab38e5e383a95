package com.xxxchatnow.loyalty.redemption.stream;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.schemas.ReleasedSchemas;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions.TimestampMillisConversion;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.MissingSchemaException;
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
 *
 * <p>A partition may return to an instance of the release before, which knows only its own schemas.
 * So a state is written in the newest schema of that release; what it can't express follows behind
 * it, in a second encoding with today's schema, which that release does not read.
 */
public final class StateSerde implements Serde<Redemption> {
  /** The newest version of the schema that the release before this one (1.0.0) knows. */
  private static final int PREVIOUS_RELEASE = 2;

  private final BinaryMessageEncoder<RedemptionStatusChanged> encoder;
  private final BinaryMessageDecoder<RedemptionStatusChanged> decoder;
  private final BinaryMessageEncoder<GenericRecord> previousEncoder;
  private final BinaryMessageDecoder<GenericRecord> previousDecoder;

  /** Reads what any release has written. */
  public StateSerde() {
    this(ReleasedSchemas.of(Topics.REDEMPTIONS));
  }

  /**
   * @param earlier the schemas that earlier releases wrote, the oldest first
   */
  StateSerde(List<String> earlier) {
    var model = new SpecificData(RedemptionStatusChanged.class.getClassLoader());
    model.addLogicalTypeConversion(new TimestampMillisConversion());
    var current = RedemptionStatusChanged.getClassSchema();
    var known = new SchemaStore.Cache();
    earlier.forEach(text -> known.addSchema(new Schema.Parser().parse(text)));
    var released = ReleasedSchemas.of(Topics.REDEMPTIONS);
    var previous = new Schema.Parser().parse(released.get(PREVIOUS_RELEASE - 1));
    known.addSchema(previous);
    encoder = new BinaryMessageEncoder<>(model, current);
    decoder = new BinaryMessageDecoder<>(model, current, known);
    previousEncoder = new BinaryMessageEncoder<>(GenericData.get(), previous);
    previousDecoder = new BinaryMessageDecoder<>(GenericData.get(), previous);
    previousDecoder.addSchema(current);
  }

  @Override
  public Serializer<Redemption> serializer() {
    return (topic, redemption) -> {
      if (redemption == null) return null;
      try {
        return write(redemption);
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
        return read(bytes);
      } catch (IOException | AvroRuntimeException e) {
        throw new SerializationException("a stored redemption can't be read", e);
      }
    };
  }

  private byte[] write(Redemption redemption) throws IOException {
    var announcement = Announcements.whole(redemption);
    var whole = bytes(encoder.encode(announcement));
    var base = bytes(previousEncoder.encode(asPreviousRelease(announcement, whole)));
    // Times in it are of milliseconds; what comes out is compared, not what goes in.
    if (read(base).equals(read(whole))) return base;
    return ByteBuffer.allocate(base.length + whole.length).put(base).put(whole).array();
  }

  /** To the release before, a payment without the discount is the end of one that had it. */
  private GenericRecord asPreviousRelease(RedemptionStatusChanged announcement, byte[] whole)
      throws IOException {
    var record = previousDecoder.decode(whole, null);
    if (Boolean.TRUE.equals(announcement.getPaidWithoutDiscount())) {
      var statuses = record.getSchema().getField("payment_status").schema().getTypes().getLast();
      record.put(
          "payment_status", new GenericData.EnumSymbol(statuses, PaymentStatus.FAILED.name()));
    }
    return record;
  }

  private static byte[] bytes(ByteBuffer buffer) {
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private Redemption read(byte[] bytes) throws IOException {
    var encodings = new ByteArrayInputStream(bytes);
    var base = Announcements.apply(null, decoder.decode(encodings));
    if (encodings.available() == 0) return base;
    try {
      return Announcements.apply(null, decoder.decode(encodings));
    } catch (MissingSchemaException _) {
      // A later release wrote it: the base is what that release has for this one.
      return base;
    }
  }
}
