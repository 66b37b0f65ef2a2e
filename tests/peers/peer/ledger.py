"""What was written on both sides, and what of it was acknowledged."""
import itertools

from .signed import sid


class Ledger:
    def __init__(self, customers):
        self.customers = customers
        self.webhooks = []  # (customer, text, id) that were taken
        self.said = set()  # texts of agents whose command was answered
        self.told = set()  # texts of agents of which the platform told, and was heard
        self.old = set()  # texts of agents that were looked at and are settled
        self._customer_of = {}  # texts of agents, in the order of writing
        self._number = itertools.count(1)

    def written(self, customer):
        """A customer's next message."""
        return customer, f"c{next(self._number)}: où est mon colis ? 🙂", sid("")

    def taken(self, webhook):
        self.webhooks.append(webhook)

    def heard_of(self, customer):
        return [text for who, text, _ in self.webhooks if who == customer]

    def begun(self, customer):
        """An agent's next message, which may not get through."""
        text = f"a{next(self._number)}: en route"
        self._customer_of[text] = customer
        return text

    def acknowledged(self, text):
        self.said.add(text)

    def customer_of(self, text):
        return self._customer_of[text]

    def in_order(self, customer):
        return [text for text, who in self._customer_of.items() if who == customer]

    def unsent(self, customers, arrived):
        """Messages to these customers that were acknowledged and have not arrived."""
        return [text for text in self.said if self._customer_of[text] in customers and text not in arrived]

    def settled(self, texts):
        self.old |= set(texts)
        self.said -= set(texts)
