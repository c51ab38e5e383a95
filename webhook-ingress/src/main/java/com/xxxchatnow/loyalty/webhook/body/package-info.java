/** A webhook's body, read as RRR wrote it. */
package com.xxxchatnow.loyalty.webhook.body;
