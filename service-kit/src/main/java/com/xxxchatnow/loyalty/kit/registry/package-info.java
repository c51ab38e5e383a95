/** How a service waits for a schema registry that is unavailable. */
package com.xxxchatnow.loyalty.kit.registry;
