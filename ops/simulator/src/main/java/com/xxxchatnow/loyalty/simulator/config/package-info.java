/** The simulator's configuration, clock and ids. */
package com.xxxchatnow.loyalty.simulator.config;
