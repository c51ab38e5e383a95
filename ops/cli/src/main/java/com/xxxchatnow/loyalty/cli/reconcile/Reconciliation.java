package com.xxxchatnow.loyalty.cli.reconcile;

import com.xxxchatnow.loyalty.rrr.api.LedgerEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Compares what our topics say about a member with RRR's ledger. Judged is what happened from
 * {@code from} to before {@code to}; claims and entries around it, which the caller brings, only
 * explain what is judged.
 */
record Reconciliation(Instant from, Instant to) {

  /** What does not agree. */
  enum What {
    /** We say so, RRR has no such entry. */
    MISSING,
    /** RRR has the same operation more than once. */
    DOUBLED,
    /** RRR has it otherwise. */
    DIFFERENT,
    /** RRR has it, we never said so. */
    UNCLAIMED
  }

  /** One disagreement. */
  record Finding(What what, String member, String orderId, String ref, String detail) {}

  /** The disagreements of one member. */
  List<Finding> of(String member, List<ExpectedEntry> claims, List<LedgerEntry> entries) {
    var books = entries.stream().filter(entry -> counts(entry.type())).toList();
    var byRef = books.stream().collect(Collectors.groupingBy(Reconciliation::ref));
    // A replayed purchase is told twice; the newest telling of an operation counts.
    var told = new LinkedHashMap<String, ExpectedEntry>();
    claims.stream()
        .filter(claim -> counts(claim.kind()))
        .forEach(claim -> told.put(claim.ref(), claim));
    var findings = new ArrayList<Finding>();
    told.values().stream()
        .filter(claim -> claim.within(from, to))
        .forEach(claim -> judge(claim, expected(claim, claims), byRef.get(claim.ref()), findings));
    unclaimed(member, byRef, told, findings);
    return findings;
  }

  private static void judge(
      ExpectedEntry claim, boolean expected, List<LedgerEntry> entries, List<Finding> findings) {
    if (entries == null) {
      if (expected)
        findings.add(
            finding(
                What.MISSING, claim, "%+d points are not in the ledger".formatted(claim.points())));
      return;
    }
    var named = new HashMap<String, LedgerEntry>();
    entries.forEach(entry -> named.put(entry.entryId(), entry));
    var entry = named.getOrDefault(claim.entryId(), entries.getFirst());
    if (entry.pointsDelta() != claim.points())
      findings.add(
          finding(
              What.DIFFERENT,
              claim,
              "%+d points here, %+d in entry %s"
                  .formatted(claim.points(), entry.pointsDelta(), entry.entryId())));
    else if (!claim.entryId().isEmpty() && !named.containsKey(claim.entryId()))
      findings.add(
          finding(
              What.DIFFERENT,
              claim,
              "entry %s here, %s in the ledger".formatted(claim.entryId(), entry.entryId())));
  }

  /**
   * Whether RRR must have an entry: not where nothing was burned that could be given back, and not
   * where an operator put it right by hand.
   */
  private static boolean expected(ExpectedEntry claim, List<ExpectedEntry> claims) {
    if (claim.byHand()) return false;
    return claim.kind() != ExpectedEntry.Kind.GIVEN_BACK
        || claims.stream()
            .anyMatch(each ->
                each.kind() == ExpectedEntry.Kind.GIVING_BACK
                    && each.orderId().equals(claim.orderId()));
  }

  private void unclaimed(
      String member,
      Map<String, List<LedgerEntry>> byRef,
      Map<String, ExpectedEntry> told,
      List<Finding> findings) {
    byRef.forEach((ref, entries) -> {
      if (entries.stream().noneMatch(this::judged)) return;
      var claim = told.get(ref);
      var order = claim == null ? "" : claim.orderId();
      if (entries.size() > 1)
        findings.add(
            new Finding(
                What.DOUBLED,
                member,
                order,
                ref,
                "%d entries: %s"
                    .formatted(
                        entries.size(),
                        entries.stream()
                            .map(LedgerEntry::entryId)
                            .collect(Collectors.joining(", ")))));
      if (claim == null)
        findings.add(
            new Finding(
                What.UNCLAIMED,
                member,
                order,
                ref,
                "%s %+d points in entry %s"
                    .formatted(
                        entries.getFirst().type(),
                        entries.getFirst().pointsDelta(),
                        entries.getFirst().entryId())));
    });
  }

  private boolean judged(LedgerEntry entry) {
    return !entry.createdAt().isBefore(from) && entry.createdAt().isBefore(to);
  }

  private static boolean counts(LedgerEntry.Type type) {
    return switch (type) {
      case EARN, REDEEM, REVERSAL -> true;
      case EXPIRE, ADJUST, TRANSFER_IN, TRANSFER_OUT, UNKNOWN -> false;
    };
  }

  private static boolean counts(ExpectedEntry.Kind kind) {
    return switch (kind) {
      case EARNED, BURNED, GIVEN_BACK -> true;
      case MEMBER,
          GIVING_BACK,
          CALLED,
          POSTED_TOLD,
          REVERSED_TOLD,
          COMMIT_CONFIRMED,
          REVERSAL_CONFIRMED ->
          false;
    };
  }

  private static String ref(LedgerEntry entry) {
    return entry.sourceRef() == null ? entry.entryId() : entry.sourceRef();
  }

  private static Finding finding(What what, ExpectedEntry claim, String detail) {
    return new Finding(what, claim.member(), claim.orderId(), claim.ref(), detail);
  }
}
