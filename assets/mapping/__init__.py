"""What a customer of one system becomes in the other: pure functions from columns to records, without any I/O."""
