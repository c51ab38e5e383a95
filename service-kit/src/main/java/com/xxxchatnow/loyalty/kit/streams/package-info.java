/** What the Kafka Streams applications share. */
package com.xxxchatnow.loyalty.kit.streams;
