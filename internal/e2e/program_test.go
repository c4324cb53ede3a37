package e2e

func removeProgram() {}
