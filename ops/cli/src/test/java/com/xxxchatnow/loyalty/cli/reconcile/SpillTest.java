package com.xxxchatnow.loyalty.cli.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpillTest {
  @Test
  void every_claim_comes_back_with_its_member_in_the_order_it_came() throws Exception {
    try (var spill = new Spill(100)) {
      for (var round = 0; round < 2; round++)
        for (var i = 0; i < 1_000; i++) spill.add(claim("m-" + i, round));

      var members = new ArrayList<String>();
      for (var share = 0; share < Spill.SHARES; share++)
        spill
            .share(share)
            .forEach((member, claims) -> {
              members.add(member);
              assertThat(claims).containsExactly(claim(member, 0), claim(member, 1));
            });
      assertThat(members)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 1_000).mapToObj(i -> "m-" + i).toList());
    }
  }

  @Test
  void a_sample_takes_always_the_same_part_of_the_members() throws Exception {
    assertThat(members(10)).isEqualTo(members(10)).hasSizeBetween(500, 1_500);
    assertThat(members(20)).containsAll(members(10));
  }

  private static List<String> members(int percent) throws Exception {
    var members = new ArrayList<String>();
    try (var spill = new Spill(percent)) {
      for (var i = 0; i < 10_000; i++) spill.add(ExpectedEntry.of("m-" + i));
      for (var share = 0; share < Spill.SHARES; share++)
        members.addAll(spill.share(share).keySet());
    }
    return members;
  }

  private static ExpectedEntry claim(String member, int round) {
    return new ExpectedEntry(
        ExpectedEntry.Kind.EARNED,
        member,
        "o",
        "k",
        round,
        7,
        "e",
        Instant.ofEpochMilli(1_000),
        false);
  }
}
