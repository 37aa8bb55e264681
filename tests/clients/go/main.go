// Reads a log as golang.org/x/mod does, which knows nothing of Fundtrail: the signed note
// (sumdb/note), every tile authenticated against the root (sumdb/tlog), every entry, a
// proof of inclusion for some of them, and that the log only grew since an older
// checkpoint. Shows the token in FUNDTRAIL_TOKEN, if there is one, to get the entries.
// Prints JSON; exit code 0 if all holds, 1 if not, 2 for wrong usage.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
	// Above the longest bundle: 256 entries of 65,535 bytes with their lengths.
	responseMax = 17 << 20
)

type report struct {
	OK        bool   `json:"ok"`
	Error     string `json:"error,omitempty"`
	Origin    string `json:"origin,omitempty"`
	Size      int64  `json:"size"`
	OldSize   int64  `json:"old_size"`
	Entries   int64  `json:"entries"`
	Inclusion int    `json:"inclusion_proofs"`
	Tiles     int    `json:"tiles"`
}

func main() {
	address := flag.String("url", "", "the log, as http://… or file:///…")
	key := flag.String("vkey", "", "the log's verifier key")
	old := flag.String("old", "", "a file with an older checkpoint")
	flag.Parse()
	if *address == "" || *key == "" || *old == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	var found report
	err := read(strings.TrimSuffix(*address, "/"), *key, *old, &found)
	found.OK = err == nil
	if err != nil {
		found.Error = err.Error()
	}
	text, _ := json.Marshal(found)
	fmt.Println(string(text))
	if err != nil {
		os.Exit(1)
	}
}

func read(address, key, oldFile string, found *report) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return fmt.Errorf("the key: %w", err)
	}
	oldBytes, err := os.ReadFile(oldFile)
	if err != nil {
		return err
	}
	older, err := open(oldBytes, verifier)
	if err != nil {
		return fmt.Errorf("the older checkpoint: %w", err)
	}
	log := newLog(address)
	bytes, err := log.get("checkpoint")
	if err != nil {
		return err
	}
	tree, err := open(bytes, verifier)
	if err != nil {
		return fmt.Errorf("the checkpoint: %w", err)
	}
	found.Origin, found.Size, found.OldSize = verifier.Name(), tree.N, older.N

	hashes := tlog.TileHashReader(tree, log)
	indexes := make([]int64, tree.N)
	for n := range indexes {
		indexes[n] = tlog.StoredHashIndex(0, int64(n))
	}
	leaves, err := hashes.ReadHashes(indexes)
	if err != nil {
		return fmt.Errorf("the tiles: %w", err)
	}
	if err := log.entries(tree.N, func(n int64, entry []byte) error {
		if tlog.RecordHash(entry) != leaves[n] {
			return fmt.Errorf("entry %d is not the one in the tree", n)
		}
		found.Entries++
		return nil
	}); err != nil {
		return err
	}

	for _, n := range []int64{0, 1, tree.N / 2, width - 1, width, tree.N - 1} {
		if n >= tree.N {
			continue
		}
		proof, err := tlog.ProveRecord(tree.N, n, hashes)
		if err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaves[n]); err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
		wrong := tlog.RecordHash([]byte("another"))
		if tlog.CheckRecord(proof, tree.N, tree.Hash, n, wrong) == nil {
			return fmt.Errorf("entry %d: another entry is proved too", n)
		}
		found.Inclusion++
	}

	proof, err := tlog.ProveTree(tree.N, older.N, hashes)
	if err != nil {
		return fmt.Errorf("growth: %w", err)
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("growth: %w", err)
	}
	found.Tiles = len(log.tiles)
	return nil
}

// open verifies a signed checkpoint and reads its three lines.
func open(bytes []byte, verifier note.Verifier) (tlog.Tree, error) {
	var tree tlog.Tree
	opened, err := note.Open(bytes, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tree, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tree, errors.New("not a root")
	}
	tree.N = size
	copy(tree.Hash[:], root)
	return tree, nil
}

// log is a log's files, and the tiles that were found to be in its tree.
type log struct {
	address string
	client  *http.Client
	tiles   map[string][]byte
}

func newLog(address string) *log {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.RegisterProtocol("file", http.NewFileTransport(http.Dir("/")))
	client := &http.Client{Transport: transport, Timeout: 30 * time.Second}
	return &log{address: address, client: client, tiles: map[string][]byte{}}
}

func (l *log) get(path string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, l.address+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	// Entries are for who may read them; hashes are not asked for with a token.
	if token := os.Getenv("FUNDTRAIL_TOKEN"); token != "" && strings.HasPrefix(path, "tile/entries/") {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := l.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, responseMax))
}

func (l *log) Height() int { return height }

func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for at, tile := range tiles {
		path := pathOf(tile)
		bytes, kept := l.tiles[path]
		if !kept {
			var err error
			if bytes, err = l.get(path); err != nil {
				return nil, err
			}
		}
		data[at] = bytes
	}
	return data, nil
}

func (l *log) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for at, tile := range tiles {
		l.tiles[pathOf(tile)] = data[at]
	}
}

// pathOf is a tile's path in C2SP tlog-tiles, which leaves out the height.
func pathOf(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
}

// entries gives every entry in its order.
func (l *log) entries(size int64, take func(int64, []byte) error) error {
	for first := int64(0); first < size; first += width {
		tile := tlog.Tile{H: height, L: 0, N: first / width, W: int(min(width, size-first))}
		path := strings.Replace(pathOf(tile), "tile/0/", "tile/entries/", 1)
		bytes, err := l.get(path)
		if err != nil {
			return err
		}
		for n := first; n < first+int64(tile.W); n++ {
			if len(bytes) < 2 || len(bytes)-2 < int(binary.BigEndian.Uint16(bytes)) {
				return fmt.Errorf("%s: ends before entry %d", path, n)
			}
			end := 2 + int(binary.BigEndian.Uint16(bytes))
			if err := take(n, bytes[2:end]); err != nil {
				return err
			}
			bytes = bytes[end:]
		}
		if len(bytes) > 0 {
			return fmt.Errorf("%s: more than its entries", path)
		}
	}
	return nil
}
