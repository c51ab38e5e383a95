package com.xxxchatnow.loyalty.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.xxxchatnow.loyalty.events.PurchaseCompleted;
import com.xxxchatnow.loyalty.events.PurchaseKind;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Purchases from a CSV file. Either all of its lines make sense, or none is used and each faulty
 * line is named.
 */
final class PurchaseFile {
  private static final List<String> REQUIRED =
      List.of("order_id", "user_id", "kind", "currency", "amount_minor");
  private static final List<String> OPTIONAL =
      List.of("line_id", "tokens_purchased", "membership_tier", "user_tier", "occurred_at");

  /** Every fault of the file, a line each: {@code FILE.csv:LINE: what is wrong}. */
  static final class Faulty extends Exception {
    private static final long serialVersionUID = 1L;

    Faulty(List<String> faults) {
      super(String.join("\n", faults));
    }
  }

  private final Path path;
  private final Instant now;
  private final List<String> faults = new ArrayList<>();
  private final List<PurchaseCompleted> purchases = new ArrayList<>();
  private final Map<String, Integer> lineOf = new HashMap<>();

  private PurchaseFile(Path path, Instant now) {
    this.path = path;
    this.now = now;
  }

  /**
   * @param clock the time of purchases without {@code occurred_at}
   * @throws IOException when the file can't be read
   * @throws Faulty naming every faulty line
   */
  static List<PurchaseCompleted> read(Path path, Clock clock) throws IOException, Faulty {
    var file = new PurchaseFile(path, clock.instant());
    file.read();
    if (!file.faults.isEmpty()) throw new Faulty(file.faults);
    return file.purchases;
  }

  private void read() throws IOException {
    try (var parser = parser(PurchaseText.of(path))) {
      var rows = parser.iterator();
      if (!rows.hasNext()) {
        fault(1, "the header is missing: " + String.join(",", REQUIRED));
        return;
      }
      var columns = rows.next().toList();
      if (header(columns)) rows(parser, rows, columns);
    } catch (CharacterCodingException encoding) {
      fault(PurchaseText.lineOf(path), encoding.getMessage());
    } catch (CSVException | UncheckedIOException malformed) {
      faults.add("%s: %s".formatted(path, malformed.getMessage()));
    }
  }

  /** A spreadsheet in many countries separates by semicolons, a database's export by tabs. */
  private static CSVParser parser(String text) throws IOException {
    var header = text.lines().findFirst().orElse("");
    var separator = header.contains(",") ? ',' : header.contains(";") ? ';' : '\t';
    return CSVFormat.RFC4180
        .builder()
        .setDelimiter(separator)
        .setIgnoreSurroundingSpaces(true)
        .setIgnoreEmptyLines(false)
        .get()
        .parse(new StringReader(text));
  }

  private boolean header(List<String> columns) {
    for (var name : REQUIRED) {
      if (!columns.contains(name)) fault(1, "the header has no column " + name);
    }
    for (var name : columns) {
      if (!REQUIRED.contains(name) && !OPTIONAL.contains(name)) {
        fault(1, "the header has an unknown column '" + name + "'");
      }
    }
    if (Set.copyOf(columns).size() < columns.size()) fault(1, "the header names a column twice");
    return faults.isEmpty();
  }

  private void rows(CSVParser parser, Iterator<CSVRecord> rows, List<String> columns) {
    while (true) {
      var line = (int) parser.getCurrentLineNumber() + 1;
      if (!rows.hasNext()) return;
      var values = rows.next();
      if (values.size() == 1 && values.get(0).isBlank()) continue;
      if (values.size() != columns.size()) {
        fault(line, "%d values where the header has %d".formatted(values.size(), columns.size()));
        continue;
      }
      var row = new HashMap<String, String>();
      for (var i = 0; i < values.size(); i++) {
        if (!values.get(i).isBlank()) row.put(columns.get(i), values.get(i));
      }
      row(line, row);
    }
  }

  /** Differs from file to file, and is the same when a file is published again. */
  private static String eventId(String orderId, int line) {
    var text = "csv/%d/%s".formatted(line, orderId);
    return UUID.nameUUIDFromBytes(text.getBytes(UTF_8)).toString();
  }

  private void row(int line, Map<String, String> row) {
    var faultsBefore = faults.size();
    for (var name : REQUIRED) {
      if (!row.containsKey(name)) fault(line, name + " is empty");
    }
    var kind = kind(line, row.get("kind"));
    var amount = number(line, "amount_minor", row.get("amount_minor"), 1);
    var tokens = number(line, "tokens_purchased", row.get("tokens_purchased"), 0);
    var occurredAt = time(line, row.get("occurred_at"));
    currency(line, row.get("currency"));
    var lineId = row.getOrDefault("line_id", "1");
    once(line, row.get("order_id"), lineId, kind);
    if (faults.size() > faultsBefore) return;

    purchases.add(
        PurchaseCompleted.newBuilder()
            .setEventId(eventId(row.get("order_id"), line))
            .setOccurredAt(occurredAt)
            .setOrderId(row.get("order_id"))
            .setLineId(lineId)
            .setUserId(row.get("user_id"))
            .setKind(kind)
            .setCurrency(row.get("currency"))
            .setAmountMinor(amount)
            .setTokensPurchased(tokens)
            .setMembershipTier(row.get("membership_tier"))
            .setUserTier(row.get("user_tier"))
            .build());
  }

  private void once(int line, String orderId, String lineId, PurchaseKind kind) {
    if (orderId == null) return;
    var earlier = lineOf.putIfAbsent(orderId + "\0" + lineId + "\0" + kind, line);
    if (earlier != null) {
      fault(line, "the same order_id, line_id and kind stand on line " + earlier);
    }
  }

  private PurchaseKind kind(int line, String text) {
    if (text == null) return null;
    var kinds = new HashSet<>(Set.of(PurchaseKind.values()));
    kinds.remove(PurchaseKind.UNKNOWN);
    for (var kind : kinds) if (kind.name().equals(text)) return kind;
    fault(line, "kind must be TOKEN_PURCHASE or MEMBERSHIP_PURCHASE, but is '" + text + "'");
    return null;
  }

  private Long number(int line, String name, String text, long min) {
    if (text == null) return null;
    try {
      var number = Long.parseLong(text);
      if (number >= min) return number;
      fault(line, "%s must be at least %d, but is %s".formatted(name, min, text));
    } catch (NumberFormatException notOne) {
      fault(line, "%s must be a whole number, but is '%s'".formatted(name, text));
    }
    return null;
  }

  private Instant time(int line, String text) {
    if (text == null) return now;
    try {
      return Instant.from(DateTimeFormatter.ISO_DATE_TIME.parse(text));
    } catch (DateTimeException notOne) {
      fault(line, "occurred_at must be ISO-8601 with an offset, but is '" + text + "'");
      return null;
    }
  }

  private void currency(int line, String text) {
    if (text == null) return;
    try {
      Currency.getInstance(text);
    } catch (IllegalArgumentException unknown) {
      fault(line, "currency must be an ISO 4217 code, but is '" + text + "'");
    }
  }

  private void fault(int line, String what) {
    faults.add("%s:%d: %s".formatted(path, line, what));
  }
}
