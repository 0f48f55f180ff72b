using System.IO.Compression;
using System.Text;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest.Importing;
using AudienceSync.Host.Tests.Postgres;

namespace AudienceSync.Host.Tests.Ingest.Importing;

/// <summary>What the records of a file are, before anything is sent.</summary>
public sealed class RecordsTests : IDisposable
{
    private static readonly CsvMapping Plain = Mapping([], []);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_are_events_and_blank_ones_count_for_nothing()
    {
        var records = await ReadAsync("\uFEFF{\"a\":1}\r\n\n  \t\r\n  {\"b\":2}  \n[{\"c\":3}]\nnot json\n{\"d\":4}");
        records.ShouldBe([(1, "{\"a\":1}"), (4, "{\"b\":2}"), (5, "not_an_event"), (6, "not json"), (7, "{\"d\":4}")]);
    }

    [Fact]
    public async Task A_line_that_no_batch_can_hold_is_refused_alone()
    {
        var fits = "{\"a\":\"" + new string('x', Limits.BatchBytes - 100) + "\"}";
        var records = await ReadAsync($"{{\"a\":1}}\n{{{new string('x', Limits.BatchBytes)}\n{fits}\n{{{new string('y', 9_000_000)}");
        records.Select(record => record.Line).ShouldBe([1, 2, 3, 4]);
        records.Select(record => record.Text == "line_too_long").ShouldBe([false, true, false, true]);
        records[2].Text.ShouldBe(fits);
    }

    [Fact]
    public async Task Columns_and_constants_fill_fields_and_empty_cells_are_absent()
    {
        var mapping = Mapping(
            ["customer_id=Kunde,email=E-Mail, privat,person.phone=Tel"],
            ["event=audience_add", "context.journey=Crm \"x\""],
            ';'
        );
        var records = await ReadAsync(
            "Kunde;E-Mail, privat;Tel;Note;Audience_Key;consent.ad_user_data\n"
                + "7;Ann@Example.com;;x;winback_45d_v1;granted\n\n"
                + "\"8\";\"line\nbreak \"\"q\"\"\";+1 202;;winback_45d_v1;\n",
            mapping
        );
        records.ShouldBe([
            (
                2,
                """{"event":"audience_add","audience_key":"winback_45d_v1","person":{"customer_id":"7","email":"Ann@Example.com"},"consent":{"ad_user_data":"granted"},"context":{"journey":"Crm \"x\""}}"""
            ),
            (
                4,
                """{"event":"audience_add","audience_key":"winback_45d_v1","person":{"customer_id":"8","email":"line\nbreak \"q\"","phone":"+1 202"},"context":{"journey":"Crm \"x\""}}"""
            ),
        ]);
    }

    [Fact]
    public async Task A_record_with_a_cell_too_many_or_with_other_bytes_than_text_is_refused_alone()
    {
        byte[] text =
        [
            .. Encoding.UTF8.GetBytes("email\na@example.com,b\nb"),
            0xFF,
            .. Encoding.UTF8.GetBytes("@example.com\nc@example.com\n"),
        ];
        (await ReadAsync(text, Plain)).ShouldBe([
            (2, "too_many_fields"),
            (3, "invalid_text"),
            (4, """{"person":{"email":"c@example.com"}}"""),
        ]);
    }

    [Theory]
    [InlineData("Kunde,Mail\n1,2\n", "import_no_header")]
    [InlineData("customer_id;email\n1;2\n", "import_no_header")]
    [InlineData("[{\"event\":\"audience_add\"}]", "import_not_text")]
    [InlineData("email\n\"a@example.com\n", "import_not_csv")]
    public async Task A_file_of_another_form_is_refused_with_a_code(string text, string code) =>
        (await Should.ThrowAsync<ImportException>(() => ReadAsync(text))).Code.ShouldBe(code);

    [Fact]
    public async Task Utf16_is_refused() =>
        (
            await Should.ThrowAsync<ImportException>(() => ReadAsync([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("email\n")], Plain))
        ).Code.ShouldBe("import_not_text");

    [Theory]
    [InlineData("email=Mail,email=Mail2", "event=x", "--map names email twice.")]
    [InlineData("email=Mail", "email=x", "email has both --map and --set.")]
    [InlineData("mail=Mail", "event=x", "--map: there is no field of this name.")]
    [InlineData("email=Mail", "event", "--set must have the form FIELD=VALUE.")]
    public void A_mapping_that_cannot_be_meant_is_refused(string map, string set, string problem)
    {
        CsvMapping.Parse([map], [set], ',', out var given).ShouldBeNull();
        given.ShouldNotBeNull().ShouldStartWith(problem);
    }

    [Fact]
    public async Task Gzip_is_recognized_by_content_also_in_several_parts()
    {
        byte[] parts = [.. Zip("{\"a\":1}\n{\"b\""), .. Zip(":2}\n"), .. Zip("")];
        (await ReadAsync(parts, Plain)).ShouldBe([(1, "{\"a\":1}"), (2, "{\"b\":2}")]);
        (await ReadAsync(Zip("email\na@example.com\n"), Plain)).ShouldHaveSingleItem().Text.ShouldContain("a@example.com");
    }

    [Fact]
    public async Task A_gzip_file_that_was_cut_off_is_an_error_wherever_the_cut_is()
    {
        var random = new Random(1);
        var text = string.Concat(Enumerable.Range(0, 3_000).Select(n => $"{{\"n\":{n},\"r\":{random.NextInt64()}}}\n"));
        byte[] whole = [.. Zip(text), .. Zip("{\"last\":1}\n")];
        (await ReadAsync(whole, Plain)).Count.ShouldBe(3_001);
        foreach (var cut in new[] { whole.Length - 1, whole.Length - 8, whole.Length - 9, whole.Length - 20, whole.Length / 2, 300 })
        {
            (await Should.ThrowAsync<ImportException>(() => ReadAsync(whole[..cut], Plain), $"{cut} of {whole.Length}")).Code.ShouldBe(
                "import_not_text"
            );
        }
    }

    [Fact]
    public async Task The_digest_does_not_depend_on_where_chunks_end()
    {
        var path = _folder.Below("events");
        await File.WriteAllTextAsync(
            path,
            string.Concat(Enumerable.Range(0, 1_234).Select(n => n % 100 == 7 ? "[1]\n" : $"{{\"n\":{n}}}\n"))
        );
        var digests = new HashSet<string>(StringComparer.Ordinal);
        foreach (var most in new[] { 1, 7, 499, 10_000 })
        {
            await using var file = await ImportFile.OpenAsync(path, Plain, CancellationToken.None);
            using var reader = new ChunkReader(file);
            var (records, last) = (0, "");
            while (await reader.NextAsync(most, CancellationToken.None) is { } chunk)
            {
                chunk.Events.ShouldBeLessThanOrEqualTo(Limits.EventsPerRequest);
                (records, last) = (records + chunk.Records, chunk.Digest);
                reader.Return(chunk);
            }

            records.ShouldBe(1_234);
            digests.Add(last);
        }

        digests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_chunk_is_no_larger_than_a_batch_may_be()
    {
        var path = _folder.Below("events");
        await File.WriteAllLinesAsync(path, Enumerable.Range(0, 40).Select(n => $"{{\"n\":{n},\"x\":\"{new string('x', 300_000)}\"}}"));
        await using var file = await ImportFile.OpenAsync(path, Plain, CancellationToken.None);
        using var reader = new ChunkReader(file);
        var records = 0;
        while (await reader.NextAsync(long.MaxValue, CancellationToken.None) is { } chunk)
        {
            chunk.Lines(0, chunk.Events).Length.ShouldBeLessThanOrEqualTo(Limits.BatchBytes);
            records += chunk.Records;
            reader.Return(chunk);
        }

        records.ShouldBe(40);
    }

    private static CsvMapping Mapping(string[] maps, string[] sets, char delimiter = ',') =>
        CsvMapping.Parse(maps, sets, delimiter, out var problem).ShouldNotBeNull(problem);

    private static byte[] Zip(string text)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        // The framework writes nothing at all for an empty text.
        return zipped.Length > 0 ? zipped.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0x03, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    private Task<List<(long Line, string Text)>> ReadAsync(string text, CsvMapping? mapping = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(text), mapping ?? Plain);

    // The JSON of each record, or the code for which it is refused.
    private async Task<List<(long Line, string Text)>> ReadAsync(byte[] content, CsvMapping mapping)
    {
        var path = _folder.Below("file");
        await File.WriteAllBytesAsync(path, content);
        await using var file = await ImportFile.OpenAsync(path, mapping, CancellationToken.None);
        var records = new List<(long, string)>();
        while (await file.Records.ReadAsync(CancellationToken.None))
        {
            records.Add((file.Records.Line, file.Records.Problem ?? Encoding.UTF8.GetString(file.Records.Event.Span)));
        }

        return records;
    }
}
