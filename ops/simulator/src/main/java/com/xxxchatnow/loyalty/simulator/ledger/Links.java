package com.xxxchatnow.loyalty.simulator.ledger;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.xxxchatnow.loyalty.simulator.config.Ids;
import com.xxxchatnow.loyalty.simulator.config.SimulatorConfig;
import com.xxxchatnow.loyalty.simulator.http.Answer;
import com.xxxchatnow.loyalty.simulator.http.Fields;
import com.xxxchatnow.loyalty.simulator.http.Json;
import com.xxxchatnow.loyalty.simulator.http.Refusal;
import com.xxxchatnow.loyalty.simulator.webhooks.Webhooks;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which user is linked to which member, one to one. A new user is linked to {@link #memberOf},
 * unless the name begins with {@code unlinked-} or that member is taken.
 */
public final class Links {
  private static final String UNLINKED = "unlinked-";

  private enum LinkType {
    MEMBER,
    MODEL
  }

  private enum Proof {
    SSO_ASSERTION,
    EMAIL_OTP,
    SIGNED_JWT
  }

  private record Intent(String userId, LinkType type, Instant expiresAt) {}

  private final SimulatorConfig config;
  private final Ids ids;
  private final Clock clock;
  private final Webhooks webhooks;
  private final Consumer<Link> whenFirstSeen;
  private final Map<String, Link> byUser = new HashMap<>();
  private final Map<String, Link> byMember = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private final Map<String, Intent> intents = new HashMap<>();

  Links(
      SimulatorConfig config,
      Ids ids,
      Clock clock,
      Webhooks webhooks,
      Consumer<Link> whenFirstSeen) {
    this.config = config;
    this.ids = ids;
    this.clock = clock;
    this.webhooks = webhooks;
    this.whenFirstSeen = whenFirstSeen;
  }

  /** The member a user is linked to by default: always the same for the same user. */
  public static String memberOf(String userId) {
    return Ids.named("member/" + userId);
  }

  public Optional<Link> of(String userId) {
    if (seen.add(userId) && !userId.startsWith(UNLINKED) && !byMember.containsKey(memberOf(userId)))
      put(userId, memberOf(userId), LinkType.MEMBER);
    return Optional.ofNullable(byUser.get(userId));
  }

  public Optional<Link> ofMember(String memberId) {
    return Optional.ofNullable(byMember.get(memberId));
  }

  public List<Link> all() {
    return List.copyOf(byUser.values());
  }

  /** The link that a call on points names: its user must be linked, and to this very member. */
  Link named(Fields body) {
    var link =
        of(body.text("client_user_id"))
            .orElseThrow(() -> Refusal.notFound("NOT_LINKED", "the user is not linked"));
    if (!link.memberId().equals(body.uuid("rrr_member_id")))
      throw body.invalid("rrr_member_id", "the user is linked to another member");
    return link;
  }

  public Answer status(String userId) {
    var body = Json.object();
    of(userId).ifPresentOrElse(link -> describe(link, body), () -> body.put("linked", false));
    return Answer.ok(body);
  }

  public Answer intend(Fields body) {
    body.only("client_user_id", "link_type");
    var expiry = clock.instant().plus(config.intentLifetime);
    var intent =
        new Intent(body.text("client_user_id"), body.oneOf("link_type", LinkType.class), expiry);
    var id = ids.next("intent");
    intents.put(id, intent);
    return Answer.applied(
        Json.object()
            .put("intent_id", id)
            .put("expires_at", expiry.toString())
            .put("rrr_link_code", ids.next("code").substring(0, 8).toUpperCase(Locale.ROOT)));
  }

  public Answer confirm(Fields body) {
    body.only("intent_id", "rrr_member_id", "client_user_id", "proof");
    var userId = body.text("client_user_id");
    var memberId = body.uuid("rrr_member_id");
    var proof = body.object("proof");
    proof.only("method", "assertion");
    proof.oneOf("method", Proof.class);
    proof.text("assertion");
    var intent = intents.get(body.text("intent_id"));
    if (intent == null || !intent.userId().equals(userId))
      throw Refusal.notFound("INTENT_UNKNOWN", "no such intent of this user");
    if (!clock.instant().isBefore(intent.expiresAt()))
      throw Refusal.conflict("INTENT_EXPIRED", "the intent has expired");
    return Answer.applied(describe(link(userId, memberId, intent.type()), Json.object()));
  }

  /** Links as an operator of RRR would. */
  public Link link(String userId, String memberId) {
    return link(userId, memberId, LinkType.MEMBER);
  }

  public void unlink(String userId) {
    of(userId)
        .ifPresent(link -> {
          byUser.remove(userId);
          byMember.remove(link.memberId());
          announce(link, "REVOKED");
        });
  }

  private Link link(String userId, String memberId, LinkType type) {
    if (of(userId).isPresent()) throw Refusal.conflict("USER_LINKED", "the user is linked already");
    if (byMember.containsKey(memberId))
      throw Refusal.conflict("MEMBER_LINKED", "the member is linked already");
    var link = put(userId, memberId, type);
    announce(link, "ACTIVE");
    return link;
  }

  private Link put(String userId, String memberId, LinkType type) {
    var link = new Link(userId, memberId, type.name(), clock.instant());
    byUser.put(userId, link);
    byMember.put(memberId, link);
    whenFirstSeen.accept(link);
    return link;
  }

  private void announce(Link link, String status) {
    webhooks.emit(
        "LINK_UPDATED",
        link.memberId(),
        Json.object()
            .put("member_id", link.memberId())
            .put("client_user_id", link.userId())
            .put("status", status));
  }

  private static ObjectNode describe(Link link, ObjectNode body) {
    return body.put("linked", true)
        .put("rrr_member_id", link.memberId())
        .put("link_type", link.type())
        .put("linked_at", link.linkedAt().toString());
  }
}
