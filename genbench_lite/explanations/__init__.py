"""What a trained model learned: gradients, mutations, filters, patterns."""
