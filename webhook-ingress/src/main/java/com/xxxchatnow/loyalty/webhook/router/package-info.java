/** Webhooks become typed events, each told once. */
package com.xxxchatnow.loyalty.webhook.router;
