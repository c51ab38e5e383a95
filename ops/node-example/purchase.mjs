// Publishes one purchase as the payment system does, and waits for its result.
//
//   node purchase.mjs [order_id] [user_id] [amount_minor]
//
// Environment: KAFKA_BOOTSTRAP_SERVERS (127.0.0.1:9092), SCHEMA_REGISTRY_URL (http://127.0.0.1:8081/apis/ccompat/v7)
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';

const PURCHASES = 'payments.purchases.v1';
const RESULTS = 'loyalty.earn-results.v1';
const PATIENCE_MS = 30_000;

const [orderId = `node-${randomUUID()}`, userId = 'node-user', amountMinor = '1999'] = process.argv.slice(2);
const kafka = new Kafka({
  clientId: 'node-example',
  brokers: (process.env.KAFKA_BOOTSTRAP_SERVERS ?? '127.0.0.1:9092').split(','),
  logLevel: logLevel.ERROR,
});
const registry = new SchemaRegistry({ host: process.env.SCHEMA_REGISTRY_URL ?? 'http://127.0.0.1:8081/apis/ccompat/v7' });

// The schema is registered already; a payment system never registers one on its way.
const schemaId = await registry.getLatestSchemaId(`${PURCHASES}-value`);
const purchase = {
  event_id: randomUUID(),
  occurred_at: Date.now(),
  order_id: orderId,
  line_id: '1',
  user_id: userId,
  kind: 'TOKEN_PURCHASE',
  currency: 'USD',
  amount_minor: Number(amountMinor),
  tokens_purchased: 100,
  membership_tier: null,
  user_tier: null,
  rrr_member_id: null,
  metadata: { source: 'node-example' },
};

// Listen first, so that the result is not missed.
const consumer = kafka.consumer({ groupId: `node-example-${randomUUID()}`, readUncommitted: false });
await consumer.connect();
await consumer.subscribe({ topic: RESULTS, fromBeginning: true });
const result = new Promise((resolve, reject) => {
  const timer = setTimeout(() => reject(new Error(`no result within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  consumer.run({
    eachMessage: async ({ message }) => {
      const decoded = await registry.decode(message.value);
      if (decoded.event_id === purchase.event_id) {
        clearTimeout(timer);
        resolve(decoded);
      }
    },
  }).catch(reject);
});

// The user's id is the key: purchases of one user are earned one after the other.
// Java's partitioner, so that Node and Java agree on the partition of a key.
const producer = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();
await producer.send({
  topic: PURCHASES,
  acks: -1,
  messages: [{
    key: userId,
    value: await registry.encode(schemaId, purchase),
    headers: { 'x-request-trace': randomUUID() },
  }],
});
console.log(`published ${orderId} of ${userId}: ${amountMinor} USD cents`);

try {
  const { status, points, reason, ledger_entry_id: entry } = await result;
  console.log(`result    ${orderId}: ${status}${reason ? ` (${reason})` : ''}, ${points} points, RRR ledger entry ${entry ?? '-'}`);
} finally {
  await Promise.all([producer.disconnect(), consumer.disconnect()]);
}
