/** A real broker and a real schema registry, started from Maven artifacts on free ports. */
package com.xxxchatnow.loyalty.localkafka;
