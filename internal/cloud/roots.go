package cloud

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"regent/internal/secret"
)

// CheckRoots refuses variables that name certificates where there are none: in their place, and without a word, those of the
// system would decide whom to trust.
func CheckRoots(lookup secret.Lookup) error {
	var errs []error
	if file, _ := lookup("SSL_CERT_FILE"); file != "" {
		errs = append(errs, checkRootFile(file))
	}
	if folders, _ := lookup("SSL_CERT_DIR"); folders != "" {
		for _, folder := range filepath.SplitList(folders) {
			if info, err := os.Stat(folder); err != nil || !info.IsDir() {
				errs = append(errs, fmt.Errorf("SSL_CERT_DIR: %s is no folder that can be read; name one, or unset the variable", folder))
			}
		}
	}
	return errors.Join(errs...)
}

func checkRootFile(file string) error {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() {
		return fmt.Errorf("SSL_CERT_FILE: %s is no file that can be read; name one, or unset the variable", file)
	}
	text, err := os.ReadFile(file)
	if err != nil || !x509.NewCertPool().AppendCertsFromPEM(text) {
		return fmt.Errorf("SSL_CERT_FILE: %s holds no certificate that can be read (PEM); name another file, or unset the variable", file)
	}
	return nil
}
