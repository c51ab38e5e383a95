package com.xxxchatnow.loyalty.sandbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurchaseFileTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private static final String HEADER = "order_id,user_id,kind,currency,amount_minor\n";

  @TempDir private Path folder;

  @Test
  void each_line_is_a_purchase() throws Exception {
    var purchases =
        read(
            """
            order_id,user_id,kind,currency,amount_minor,user_tier,occurred_at
            o-1,alice,TOKEN_PURCHASE,USD,1234,,2026-01-02T03:04:05-05:00
            "o,2",bob,MEMBERSHIP_PURCHASE,JPY,500,VIP,

            """);

    assertThat(purchases).hasSize(2);
    assertThat(purchases.getFirst().getOccurredAt()).isEqualTo("2026-01-02T08:04:05Z");
    assertThat(purchases.getFirst().getUserTier()).isNull();
    var second = purchases.getLast();
    assertThat(second.getOrderId()).isEqualTo("o,2");
    assertThat(second.getKind()).isEqualTo(PurchaseKind.MEMBERSHIP_PURCHASE);
    assertThat(second.getAmountMinor()).isEqualTo(500);
    assertThat(second.getUserTier()).isEqualTo("VIP");
    assertThat(second.getLineId()).isEqualTo("1");
    assertThat(second.getOccurredAt()).isEqualTo(NOW);
  }

  @Test
  void the_purchases_of_two_files_have_ids_of_their_own() throws Exception {
    var first = read(HEADER + "o-1,alice,TOKEN_PURCHASE,USD,1234\n").getFirst();
    var again = read(HEADER + "o-1,alice,TOKEN_PURCHASE,USD,1234\n").getFirst();
    var other = read(HEADER + "o-2,alice,TOKEN_PURCHASE,USD,1234\n").getFirst();

    assertThat(again.getEventId()).isEqualTo(first.getEventId());
    assertThat(other.getEventId()).isNotEqualTo(first.getEventId());
  }

  @Test
  void every_faulty_line_is_named_with_what_is_wrong() {
    assertThatThrownBy(() ->
            read(
                """
                order_id,user_id,kind,currency,amount_minor
                o-1,alice,TOKEN_PURCHASE,USD,1234
                o-2,,TOKEN_PURCHASE,USD,12.5

                o-3,carol,GIFT,USD,-4
                o-4,dave,TOKEN_PURCHASE,DOLLAR,5
                o-1,alice,TOKEN_PURCHASE,USD,1234
                o-5,erin
                """))
        .isInstanceOf(PurchaseFile.Faulty.class)
        .extracting(fault -> List.of(fault.getMessage().split("\n")))
        .isEqualTo(
            List.of(
                file() + ":3: user_id is empty",
                file() + ":3: amount_minor must be a whole number, but is '12.5'",
                file() + ":5: kind must be TOKEN_PURCHASE or MEMBERSHIP_PURCHASE, but is 'GIFT'",
                file() + ":5: amount_minor must be at least 1, but is -4",
                file() + ":6: currency must be an ISO 4217 code, but is 'DOLLAR'",
                file() + ":7: the same order_id, line_id and kind stand on line 2",
                file() + ":8: 2 values where the header has 5"));
  }

  @Test
  void files_are_read_as_people_have_them() throws Exception {
    var text = HEADER + "o-1,Zoë,TOKEN_PURCHASE,USD,1234\r\no-2,bob,TOKEN_PURCHASE,USD,5";

    assertThat(read(text)).as("no last line feed").hasSize(2);
    assertThat(read(("\uFEFF" + text).getBytes(UTF_8))).as("byte order mark").hasSize(2);
    assertThat(read(text.getBytes(UTF_16))).as("UTF-16").hasSize(2);
    assertThat(read(text.replace(',', ';'))).as("semicolons").hasSize(2);
    assertThat(read(text.replace(',', '\t')).getFirst().getUserId()).as("tabs").isEqualTo("Zoë");
  }

  @Test
  void a_file_in_another_encoding_is_refused_with_the_line_and_what_to_do() {
    assertThatThrownBy(
            () -> read((HEADER + "o-1,Zoë,TOKEN_PURCHASE,USD,1234\n").getBytes(ISO_8859_1)))
        .hasMessage(
            file() + ":2: the file is not UTF-8; is it Latin-1 or Windows-1252? Save it as UTF-8");
  }

  @Test
  void a_quote_over_two_lines_does_not_move_the_numbers_of_the_lines_behind_it() {
    assertThatThrownBy(() ->
            read(
                HEADER
                    + "\"o\n1\",alice,TOKEN_PURCHASE,USD,1\n"
                    + "o-2,bob,TOKEN_PURCHASE,USD,none"))
        .hasMessage(file() + ":4: amount_minor must be a whole number, but is 'none'");
  }

  @Test
  void a_quote_that_is_never_closed_is_named() {
    assertThatThrownBy(() -> read(HEADER + "\"o-1,alice,TOKEN_PURCHASE,USD,1\n"))
        .isInstanceOf(PurchaseFile.Faulty.class)
        .hasMessageContaining("EOF");
  }

  @Test
  void a_header_without_a_required_column_is_named() {
    assertThatThrownBy(() -> read("order_id,user,kind,currency,amount_minor\n"))
        .hasMessageContaining(":1: the header has no column user_id")
        .hasMessageContaining(":1: the header has an unknown column 'user'");
    assertThatThrownBy(() -> read("")).hasMessageContaining(":1: the header is missing");
  }

  private Path file() {
    return folder.resolve("x.csv");
  }

  private List<PurchaseCompleted> read(String text) throws IOException, PurchaseFile.Faulty {
    return read(text.getBytes(UTF_8));
  }

  private List<PurchaseCompleted> read(byte[] bytes) throws IOException, PurchaseFile.Faulty {
    return PurchaseFile.read(Files.write(file(), bytes), Clock.fixed(NOW, ZoneOffset.UTC));
  }
}
