"""What the product does: one file is one verb is one public function."""
