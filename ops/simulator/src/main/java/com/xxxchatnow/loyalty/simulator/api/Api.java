package com.xxxchatnow.loyalty.simulator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.simulator.http.Answer;
import com.xxxchatnow.loyalty.simulator.http.Fields;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Refusal;
import com.xxxchatnow.loyalty.simulator.http.Request;
import com.xxxchatnow.loyalty.simulator.ledger.ClientKey;
import com.xxxchatnow.loyalty.simulator.ledger.LedgerEntry;
import com.xxxchatnow.loyalty.simulator.ledger.Link;
import com.xxxchatnow.loyalty.simulator.ledger.RrrState;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The endpoints of docs/rrr-contract.md: who may call, with which headers, for which operation. */
public final class Api {
  private static final Pattern MEMBER = Pattern.compile("/v1/members/([^/]+)/(wallet|ledger)");
  private static final int MAX_KEY = 255;

  private final Tokens tokens;
  private final RrrState state;
  private final Map<String, BiFunction<ClientKey, Fields, Answer>> mutations;

  public Api(Tokens tokens, RrrState state) {
    this.tokens = tokens;
    this.state = state;
    this.mutations =
        Map.of(
            "/v1/points/earn", state.earns()::one,
            "/v1/points/earn/batch", state.earns()::batch,
            "/v1/links/intents", once("intents", (_, body) -> state.links().intend(body)),
            "/v1/links/confirm", once("confirm", (_, body) -> state.links().confirm(body)),
            "/v1/redemptions/quote", once("quote", (_, body) -> state.redemptions().quote(body)),
            "/v1/redemptions/commit", once("commit", state.redemptions()::commit),
            "/v1/redemptions/reverse", once("reverse", state.redemptions()::reverse));
  }

  private BiFunction<ClientKey, Fields, Answer> once(
      String endpoint, BiFunction<ClientKey, Fields, Answer> operation) {
    return (key, body) ->
        state.memory().once(endpoint, key, body.node(), () -> operation.apply(key, body));
  }

  Answer answer(Request request) {
    if (request.tooLarge())
      throw new Refusal(413, "PAYLOAD_TOO_LARGE", "the body is too large", Map.of());
    if (request.path().equals("/oauth/token")) {
      method(request, "POST");
      return tokens.issue(request);
    }
    var client = tokens.clientOf(request.header("Authorization"));
    checkHeaders(client, request);
    var mutation = mutations.get(request.path());
    return mutation == null ? read(request) : mutate(client, request, mutation);
  }

  private static void checkHeaders(String client, Request request) {
    var named = request.header("X-Client-Id");
    if (named == null) throw Refusal.invalid("X-Client-Id", "the header is missing");
    if (!named.equals(client))
      throw new Refusal(403, "UNAUTHORIZED", "the token is another client's", Map.of());
    if (!isUuid(request.header("X-Request-Trace")))
      throw Refusal.invalid("X-Request-Trace", "the header must be a UUID");
    var type = request.header("Content-Type");
    if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json"))
      throw Refusal.invalid("Content-Type", "the header must be application/json");
  }

  private static boolean isUuid(String text) {
    try {
      return text != null && UUID.fromString(text).toString().equalsIgnoreCase(text);
    } catch (IllegalArgumentException notOne) {
      return false;
    }
  }

  private static void method(Request request, String only) {
    if (!request.method().equals(only))
      throw new Refusal(405, "METHOD_NOT_ALLOWED", "only " + only, Map.of());
  }

  private Answer mutate(
      String client, Request request, BiFunction<ClientKey, Fields, Answer> mutation) {
    method(request, "POST");
    var key = request.key();
    if (key == null || key.isBlank() || key.length() > MAX_KEY)
      throw Refusal.invalid("Idempotency-Key", "the header must have 1 to 255 characters");
    var body = request.fields();
    return state.inOneStep(() -> mutation.apply(new ClientKey(client, key), body));
  }

  private Answer read(Request request) {
    if (request.path().equals("/v1/links/status"))
      return read(request, r -> state.links().status(required(r, "client_user_id")));
    var member = MEMBER.matcher(request.path());
    if (!member.matches()) throw Refusal.notFound("NO_SUCH_PATH", "no such endpoint");
    var memberId = member.group(1);
    return member.group(2).equals("wallet")
        ? read(request, _ -> wallet(memberId))
        : read(request, r -> ledger(memberId, r));
  }

  private Answer read(Request request, Function<Request, Answer> reader) {
    method(request, "GET");
    return state.inOneStep(() -> reader.apply(request));
  }

  private static String required(Request request, String name) {
    var value = request.query(name);
    if (value == null || value.isBlank()) throw Refusal.invalid(name, "missing in the query");
    return value;
  }

  private Answer wallet(String memberId) {
    var id = member(memberId);
    var wallet =
        Json.object()
            .put("member_id", id)
            .put("available_points", state.ledger().available(id))
            .put("escrow_points", 0)
            .put("pending_points", state.ledger().pending(id));
    wallet.putArray("expiring_soon");
    return Answer.ok(wallet.put("as_of", state.clock().instant().toString()));
  }

  private Answer ledger(String memberId, Request request) {
    var id = member(memberId);
    var from = time(request, "from", Instant.MIN);
    var to = time(request, "to", Instant.MAX);
    var type = type(request.query("type"));
    var entries = Json.array();
    state.ledger().of(id).stream()
        .filter(entry -> !entry.createdAt().isBefore(from) && entry.createdAt().isBefore(to))
        .filter(entry -> type == null || entry.type() == type)
        .forEach(entry -> entries.add(asListed(entry)));
    return Answer.ok(entries);
  }

  private String member(String memberId) {
    if (!isUuid(memberId)) throw Refusal.invalid("rrr_member_id", "must be a UUID");
    return state
        .links()
        .ofMember(memberId)
        .map(Link::memberId)
        .orElseThrow(() -> Refusal.notFound("MEMBER_UNKNOWN", "no such member of this client"));
  }

  private static Instant time(Request request, String name, Instant without) {
    var text = request.query(name);
    return text == null ? without : Fields.time(text, name).toInstant();
  }

  private static LedgerEntry.Type type(String name) {
    if (name == null) return null;
    try {
      return LedgerEntry.Type.valueOf(name);
    } catch (IllegalArgumentException unknown) {
      throw Refusal.invalid("type", "no such type of entry");
    }
  }

  /** The entry as docs/rrr-contract.md#ledger has it, without the simulator's own fields. */
  private ObjectNode asListed(LedgerEntry entry) {
    var node =
        Json.object()
            .put("entry_id", entry.entryId())
            .put("member_id", entry.memberId())
            .put("client_id", entry.clientId())
            .put("type", entry.type().name())
            .put("points_delta", entry.pointsDelta())
            .put("balance_after", entry.balanceAfter())
            .put("reason_code", entry.reasonCode())
            .put("source_ref", state.sourceRef(entry))
            .put("created_at", entry.createdAt().toString());
    if (!entry.pending()) node.put("posted_at", entry.postedAt().toString());
    node.putObject("actor").put("actor_type", "CLIENT").put("actor_id", entry.clientId());
    return node;
  }
}
