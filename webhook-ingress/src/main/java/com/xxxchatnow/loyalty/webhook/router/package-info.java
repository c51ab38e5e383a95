/** Webhooks become typed events, each published once. */
package com.xxxchatnow.loyalty.webhook.router;
