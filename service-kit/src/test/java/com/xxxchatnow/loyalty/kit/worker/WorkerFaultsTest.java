package com.xxxchatnow.loyalty.kit.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class WorkerFaultsTest {
  @Test
  void a_refusal_of_the_group_s_coordinator_gets_the_topic_s_name() {
    var heartbeat = Errors.TOPIC_AUTHORIZATION_FAILED.exception();

    var fault = WorkerFaults.fatal(new KafkaException(heartbeat)).orElseThrow();

    assertThat(fault).hasMessage("Topic authorization failed.");
    assertThat(WorkerFaults.named(fault, "purchases"))
        .hasMessage("Not authorized to access topics: [purchases]");
  }

  @Test
  void a_refusal_that_names_its_topic_is_left_alone() {
    var fault = new TopicAuthorizationException(Set.of("results"));
    assertThat(WorkerFaults.named(fault, "purchases")).isSameAs(fault);
  }
}
