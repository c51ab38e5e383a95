/** The webhook ingress's program: edge and router, wired. */
package com.xxxchatnow.loyalty.webhook;
