package com.xxxchatnow.loyalty.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * A record as it was written when its schema was released, kept as text: its bytes, and what they
 * say.
 *
 * @param hex Avro's binary encoding
 * @param json Avro's JSON encoding
 */
record Golden(String hex, String json) {

  byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /** What the JSON says. */
  GenericRecord expected(Schema version) {
    try {
      return new GenericDatumReader<GenericRecord>(version)
          .read(null, DecoderFactory.get().jsonDecoder(version, json));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** One record with everything in it, one with as little as possible. */
  static List<Golden> samples(Schema version) {
    return List.of(of(version, true), of(version, false));
  }

  /** Two lines for each. */
  static String write(List<Golden> records) {
    var text = new StringBuilder();
    for (var record : records) text.append(record.hex + "\n" + record.json + "\n");
    return text.toString();
  }

  static List<Golden> read(String text) {
    var lines = text.lines().toList();
    var records = new ArrayList<Golden>();
    for (var line = 0; line < lines.size(); line += 2)
      records.add(new Golden(lines.get(line), lines.get(line + 1)));
    return records;
  }

  private static Golden of(Schema version, boolean full) {
    var writer = new GenericDatumWriter<Object>(version);
    var record = value("", version, full);
    var binary = new ByteArrayOutputStream();
    var json = new ByteArrayOutputStream();
    try {
      var binaryEncoder = EncoderFactory.get().binaryEncoder(binary, null);
      writer.write(record, binaryEncoder);
      binaryEncoder.flush();
      var jsonEncoder = EncoderFactory.get().jsonEncoder(version, json);
      writer.write(record, jsonEncoder);
      jsonEncoder.flush();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return new Golden(HexFormat.of().formatHex(binary.toByteArray()), json.toString(UTF_8));
  }

  private static Object value(String name, Schema schema, boolean full) {
    return switch (schema.getType()) {
      case RECORD -> {
        var record = new GenericData.Record(schema);
        for (var field : schema.getFields())
          record.put(field.pos(), value(field.name(), field.schema(), full));
        yield record;
      }
      case UNION -> full ? value(name, schema.getTypes().getLast(), true) : null;
      case ENUM -> {
        var symbols = schema.getEnumSymbols();
        yield new GenericData.EnumSymbol(schema, full ? symbols.getLast() : symbols.get(1));
      }
      case ARRAY -> full ? List.of(value(name, schema.getElementType(), true)) : List.of();
      case MAP -> full ? Map.of("key ü€", value(name, schema.getValueType(), true)) : Map.of();
      case STRING -> full ? name + " ü€" : "";
      case BYTES -> ByteBuffer.wrap(full ? new byte[] {0, 65, -1} : new byte[0]);
      case BOOLEAN -> full;
      case INT -> full ? Integer.MAX_VALUE : 0;
      // One more than a double could hold; or a moment in time.
      case LONG -> !full ? 0L : schema.getLogicalType() == null ? (1L << 53) + 1 : 1795305600123L;
      default -> throw new IllegalArgumentException(name + ": no sample for " + schema);
    };
  }
}
