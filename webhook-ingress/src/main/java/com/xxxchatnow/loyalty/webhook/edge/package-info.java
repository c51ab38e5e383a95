/** The public HTTP edge: verify the signature, publish once, answer. */
package com.xxxchatnow.loyalty.webhook.edge;
