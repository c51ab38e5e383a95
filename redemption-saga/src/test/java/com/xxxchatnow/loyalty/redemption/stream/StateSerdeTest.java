package com.xxxchatnow.loyalty.redemption.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.events.PaymentStatus;
import com.xxxchatnow.loyalty.events.Reason;
import com.xxxchatnow.loyalty.events.RedemptionStatusChanged;
import com.xxxchatnow.loyalty.redemption.machine.Quote;
import com.xxxchatnow.loyalty.redemption.machine.Redemption;
import com.xxxchatnow.loyalty.redemption.machine.Stage;
import com.xxxchatnow.loyalty.schemas.ReleasedSchemas;
import com.xxxchatnow.loyalty.schemas.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
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

  /** A request id and a reason that release 1.0.0 does not know. */
  private static final Redemption WITH_ADDITIONS = withAdditions();

  private static final String WRITTEN_BY_RELEASE_1_0_0 =
      "c301e420aa93ed26d1e1066f2d3106752d310404020200000206712d3102e80702e807020643"
          + "414402c0f6f2b2c0680280e5e0b3c0680002000000000002066d2d3102066f2d3106752d3100"
          + "06434144904e020c746f6b656e7302904e000202e807808885b2c0680000808885b2c06800";

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

  @Test
  void release_1_0_0_reads_what_this_release_writes() throws IOException {
    var state = asRelease100Reads(new StateSerde().serializer().serialize("", WITH_ADDITIONS));
    assertThat(state.get("order_id")).hasToString("o-1");
    assertThat(state.get("version")).isEqualTo(1L);
    assertThat(state.get("status")).hasToString("REJECTED");
    assertThat(state.get("reason")).as("a reason it does not know").hasToString("UNKNOWN");
  }

  @Test
  void what_release_1_0_0_can_not_express_is_stored_beside_and_read_again() {
    var serde = new StateSerde();
    var bytes = serde.serializer().serialize("", WITH_ADDITIONS);
    assertThat(serde.deserializer().deserialize("", bytes)).isEqualTo(WITH_ADDITIONS);
  }

  @Test
  void a_payment_in_full_is_a_stop_to_release_1_0_0_and_earlier_quotes_are_kept_beside()
      throws IOException {
    var another = Samples.request("o-1").setCartTotalMinor(300).build();
    var unpaid = STATE.to(new Stage.Quoting(), T).answering(another).anotherQuote().done();
    var serde = new StateSerde();
    assertThat(serde.deserializer().deserialize("", serde.serializer().serialize("", unpaid)))
        .isEqualTo(unpaid);
    var announcement = Announcements.whole(STATE);
    announcement.setPaymentStatus(PaymentStatus.SUCCEEDED);
    announcement.setPaymentAt(T);
    announcement.setPaidWithoutDiscount(true);
    var inFull = Announcements.apply(null, announcement);
    var bytes = serde.serializer().serialize("", inFull);
    assertThat(serde.deserializer().deserialize("", bytes)).isEqualTo(inFull);
    assertThat(asRelease100Reads(bytes).get("payment_status")).hasToString("FAILED");
  }

  @Test
  void a_state_without_additions_is_stored_once_also_when_clocks_are_finer_than_milliseconds() {
    var serde = new StateSerde();
    var finer = STATE.to(new Stage.Expired(), T.plusNanos(1_000)).until(T.plusSeconds(60)).done();
    var coarser = STATE.to(new Stage.Expired(), T).until(T.plusSeconds(60)).done();
    assertThat(serde.serializer().serialize("", finer))
        .isEqualTo(serde.serializer().serialize("", coarser));
  }

  /** Written by StateSerde of commit aad5ad9, release 1.0.0, for {@link #STATE}. */
  @Test
  void a_state_that_release_1_0_0_wrote_is_read() {
    var bytes = HexFormat.of().parseHex(WRITTEN_BY_RELEASE_1_0_0);
    assertThat(new StateSerde().deserializer().deserialize("", bytes)).isEqualTo(STATE);
    assertThat(new StateSerde().serializer().serialize("", STATE)).isEqualTo(bytes);
  }

  @Test
  void what_a_later_release_adds_behind_a_state_is_passed_over() throws IOException {
    var later =
        SchemaBuilder.record("RedemptionStatusChanged")
            .fields()
            .requiredString("of_a_later_release")
            .endRecord();
    var record = new GenericRecordBuilder(later).set("of_a_later_release", "x").build();
    var addition = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), later).encode(record);
    var base = new StateSerde().serializer().serialize("", STATE);
    var bytes = ByteBuffer.allocate(base.length + addition.remaining()).put(base).put(addition);
    assertThat(new StateSerde().deserializer().deserialize("", bytes.array())).isEqualTo(STATE);
  }

  private static Redemption withAdditions() {
    var request = Samples.request("o-1").setRequestId("r-1").build();
    var rejected =
        Redemption.opened(request, new Stage.Rejected(), T).until(T.plusSeconds(60)).done();
    var announcement = Announcements.whole(rejected);
    announcement.setReason(Reason.OTHER_REQUEST);
    return Announcements.apply(null, announcement);
  }

  /** As that release's StateSerde reads: it knows the two schemas that it was released with. */
  private static GenericRecord asRelease100Reads(byte[] bytes) throws IOException {
    var released = ReleasedSchemas.of(Topics.REDEMPTIONS);
    var schema = new Schema.Parser().parse(released.get(1));
    var decoder = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema);
    decoder.addSchema(new Schema.Parser().parse(released.get(0)));
    return decoder.decode(bytes, null);
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
