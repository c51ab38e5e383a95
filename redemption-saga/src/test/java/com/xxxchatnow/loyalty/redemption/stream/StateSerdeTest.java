package com.xxxchatnow.loyalty.redemption.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.redemption.machine.Quote;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.redemption.machine.Stage;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class StateSerdeTest {
  private static final Instant T = Instant.parse("2026-11-22T12:00:00Z");
  private static final Redemption STATE =
      Redemption.opened(Samples.request("o-1").build(), new Stage.Quoting(), T)
          .anotherQuote()
          .until(T.plusSeconds(3))
          .done()
          .to(new Stage.Quoted(), T)
          .quote(new Quote("q-1", 500, 500, T.plusSeconds(900)), "m-1")
          .until(T.plusSeconds(1_800))
          .done();

  @Test
  void what_is_stored_is_read_again() {
    var serde = new StateSerde();
    var bytes = serde.serializer().serialize("", STATE);
    assertThat(serde.deserializer().deserialize("", bytes)).isEqualTo(STATE);
  }

  @Test
  void a_state_of_an_earlier_release_is_read() throws IOException {
    var earlier = earlierSchema();
    var old = asWrittenThen(earlier);
    var encoder = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), earlier);
    var bytes = encoder.encode(old).array();
    assertThatThrownBy(() -> new StateSerde().deserializer().deserialize("", bytes))
        .isInstanceOf(SerializationException.class);
    var serde = new StateSerde(List.of(earlier.toString()));
    assertThat(serde.deserializer().deserialize("", bytes)).isEqualTo(STATE);
  }

  /** Today's schema without a field that a later release added. */
  private static Schema earlierSchema() {
    var today = RedemptionStatusChanged.getClassSchema();
    var fields =
        today.getFields().stream()
            .filter(field -> !List.of("operator", "note").contains(field.name()))
            .map(field -> new Schema.Field(field, field.schema()))
            .toList();
    return Schema.createRecord(
        today.getName(), today.getDoc(), today.getNamespace(), false, fields);
  }

  /** The state in an earlier schema: what that release knew of it. */
  private static GenericRecord asWrittenThen(Schema earlier) throws IOException {
    var today = RedemptionStatusChanged.getClassSchema();
    var bytes = RedemptionStatusChanged.getEncoder().encode(Announcements.whole(STATE)).array();
    var header = 10;
    var body = DecoderFactory.get().binaryDecoder(bytes, header, bytes.length - header, null);
    return new GenericDatumReader<GenericRecord>(today, earlier).read(null, body);
  }
}
