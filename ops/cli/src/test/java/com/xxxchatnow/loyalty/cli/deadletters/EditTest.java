package com.xxxchatnow.loyalty.cli.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.cli.CliFixture;
import com.xxxchatnow.loyalty.cli.console.UserError;
import com.xxxchatnow.loyalty.cli.records.FailedRecord;
import com.xxxchatnow.loyalty.events.CartItem;
import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.RedemptionMode;
import com.xxxchatnow.loyalty.events.RedemptionRequested;
import com.xxxchatnow.loyalty.events.WebhookReceived;
import com.xxxchatnow.loyalty.schemas.AvroSerdes;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class EditTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final PurchaseCompleted PURCHASE = CliFixture.purchase("o-1", "u-1", NOON);

  private static final SchemaRegistryClient REGISTRY =
      MockSchemaRegistry.getClientForScope("edit-test");
  private static final AvroSerdes SERDES =
      new AvroSerdes(
          Map.of("schema.registry.url", "mock://edit-test", "auto.register.schemas", true));

  @Test
  void a_json_patch_tests_replaces_copies_removes_and_adds() {
    var edit =
        """
        [{"op": "test", "path": "/amount_minor", "value": 1000},
         {"op": "replace", "path": "/amount_minor", "value": 2000},
         {"op": "copy", "from": "/metadata/note", "path": "/user_tier"},
         {"op": "remove", "path": "/metadata/note"},
         {"op": "add", "path": "/metadata/a~1b", "value": "c"},
         {"op": "add", "path": "/occurred_at", "value": "2026-11-20T00:00:00Z"}]
        """;

    assertThat(edited(PURCHASE, edit))
        .isEqualTo(
            PurchaseCompleted.newBuilder(PURCHASE)
                .setAmountMinor(2_000)
                .setUserTier("bob@example.com")
                .setMetadata(Map.of("a/b", "c"))
                .setOccurredAt(Instant.parse("2026-11-20T00:00:00Z"))
                .build());
  }

  @Test
  void an_element_of_a_list_is_replaced() {
    var request =
        RedemptionRequested.newBuilder()
            .setOrderId("o-1")
            .setUserId("u-1")
            .setCurrency("CAD")
            .setCartTotalMinor(5_000)
            .setItems(List.of(new CartItem("a", 1, 2_000L), new CartItem("b", 1, 3_000L)))
            .setMode(RedemptionMode.MAX)
            .setRequestedAt(NOON)
            .build();

    assertThat(edited(request, "[{'op': 'replace', 'path': '/items/1/qty', 'value': 2}]"))
        .isEqualTo(
            RedemptionRequested.newBuilder(request)
                .setItems(List.of(new CartItem("a", 1, 2_000L), new CartItem("b", 2, 3_000L)))
                .build());
  }

  @Test
  void bytes_that_are_not_touched_stay_as_they_are() {
    var webhook =
        WebhookReceived.newBuilder()
            .setEventId("e")
            .setEventType("POINTS_POSTED")
            .setBody(ByteBuffer.wrap(new byte[] {0, -1, 'a', (byte) 0x80}))
            .setReceivedAt(NOON)
            .build();

    for (var edit : List.of("{'event_id': 'f'}", "[{'op':'add','path':'/event_id','value':'f'}]"))
      assertThat(edited(webhook, edit))
          .isEqualTo(WebhookReceived.newBuilder(webhook).setEventId("f").build());
  }

  @Test
  void a_merge_patch_removes_with_null_and_merges_maps() {
    var vip = PurchaseCompleted.newBuilder(PURCHASE).setUserTier("VIP").setLineId("2").build();

    assertThat(edited(vip, "{'user_tier': null, 'line_id': null, 'metadata': {'x': 'y'}}"))
        .isEqualTo(
            PurchaseCompleted.newBuilder(PURCHASE)
                .setMetadata(Map.of("note", "bob@example.com", "x", "y"))
                .build());
  }

  @Test
  void what_does_not_fit_is_refused_and_named() {
    assertRefused("{'colour': 'red'}", "PurchaseCompleted has no field colour");
    assertRefused("{'amount_minor': 'ten'}", "amount_minor does not take \"ten\", it is LONG");
    assertRefused("{'currency': null}", "PurchaseCompleted lacks currency");
    assertRefused("[{'op':'remove','path':'/currency'}]", "PurchaseCompleted lacks currency");
    assertRefused(
        "[{'op':'add','path':'/kind','value':'GIFT'}]",
        "kind does not take \"GIFT\", it is [UNKNOWN, TOKEN_PURCHASE, MEMBERSHIP_PURCHASE]");
    assertRefused("[{'op':'test','path':'/amount_minor','value':999}]", "--edit: at 0:7: ");
    assertRefused("[{'op':'replace','path':'/colour','value':1}]", "--edit: at 0:7: ");
    assertRefused("[{'op':'replace','path':'','value':1}]", "does not take 1");
  }

  @Test
  void what_is_no_patch_is_refused_before_anything_is_read() {
    assertRefused("{", "--edit is not JSON: ");
    assertRefused("[{'op':'paint','path':'/currency'}]", "not a JSON Patch (RFC 6902)");
    assertRefused("[{'op':'replace','path':'/currency'}]", "not a JSON Patch (RFC 6902)");
    assertRefused("'USD'", "--edit takes an object of fields");
  }

  private static void assertRefused(String edit, String why) {
    assertThatThrownBy(() -> edited(PURCHASE, edit))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(why)
        .extracting(Throwable::getMessage)
        .asString()
        .hasLineCount(1);
  }

  /** The record after an edit, whose quotes are single here. */
  private static SpecificRecord edited(SpecificRecord value, String edit) {
    var bytes = SERDES.serializer().serialize("it", value);
    var record = new ConsumerRecord<>("t.dlt", 0, 7, "k".getBytes(UTF_8), bytes);

    var edited = Edit.of(edit.replace('\'', '"'), REGISTRY).apply(FailedRecord.of(record));

    assertThat(edited).startsWith(Arrays.copyOf(bytes, 5));
    return SERDES.deserializer().deserialize("it", edited);
  }
}
