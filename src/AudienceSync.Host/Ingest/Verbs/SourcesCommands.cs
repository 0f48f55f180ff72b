using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Ingest.Verbs;

/// <summary><c>sources</c>: the senders of webhooks, and how the running Host reads what they send.</summary>
internal static class SourcesCommands
{
    public static Command Create(Func<string, string?> environment) =>
        new("sources", "Show the senders of webhooks, and try out what they send.") { List(environment), Test(environment) };

    private static Command List(Func<string, string?> environment)
    {
        var (json, workspace) = (Json(), Arguments.Workspace());
        var list = new Command("list", "List the senders of webhooks.") { json, workspace };
        list.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        return await host.PrintAsync(
                            HostVerb.In("/v1/sources", parsed.GetValue(workspace)),
                            parsed.GetValue(json),
                            static (output, answer) =>
                                TextTable.Print(
                                    output,
                                    ["source", "signature", "keys", "country", "sends hashed"],
                                    answer.GetProperty("sources").EnumerateArray().Select(Row)
                                ),
                            HostVerb.Console(parsed),
                            cancellationToken
                        );
                    }
                )
        );
        return list;
    }

    private static Command Test(Func<string, string?> environment)
    {
        var source = new Argument<string>("SOURCE") { Description = "Source, as shown by sources list." };
        var file = new Argument<string?>("FILE")
        {
            Description =
                "The body of a webhook, or - for standard input; several lines of JSON are read as a batch. " + "A sample when omitted.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var delivery = new Option<string?>("--delivery-id")
        {
            Description = "As if the request had this x-cio-delivery-id, as those of journeys have.",
        };
        var (json, workspace) = (Json(), Arguments.Workspace());
        var test = new Command("test", "Show how a webhook of a source is read, and what would happen to it. Stores nothing.")
        {
            source,
            file,
            delivery,
            json,
            workspace,
        };
        test.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        var body = await BodyAsync(parsed.GetValue(file), cancellationToken);
                        using var host = new HostClient(environment);
                        var path = $"/v1/sources/{Uri.EscapeDataString(parsed.GetRequiredValue(source))}/test";
                        using var request = Request(HostVerb.In(path, parsed.GetValue(workspace)), body, parsed.GetValue(delivery));
                        return await host.PrintAsync(
                            request,
                            parsed.GetValue(json),
                            SourceTestPrint.Print,
                            HostVerb.Console(parsed),
                            cancellationToken
                        );
                    }
                )
        );
        return test;
    }

    private static HttpRequestMessage Request(string path, byte[] body, string? deliveryId)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(IsLines(body) ? "application/x-ndjson" : "application/json");
        }

        if (deliveryId is not null)
        {
            request.Headers.TryAddWithoutValidation(Reading.SenderKey.DeliveryIdHeader, deliveryId);
        }

        return request;
    }

    // More than one line, each of which begins an object.
    private static bool IsLines(ReadOnlySpan<byte> body)
    {
        var lines = 0;
        foreach (var range in body.Split((byte)'\n'))
        {
            var line = body[range].Trim(" \t\r"u8);
            if (!line.IsEmpty && line is not [(byte)'{', .., (byte)'}'])
            {
                return false;
            }

            lines += line.IsEmpty ? 0 : 1;
        }

        return lines > 1;
    }

    private static async Task<byte[]> BodyAsync(string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return [];
        }

        if (file != "-")
        {
            return File.Exists(file)
                ? await File.ReadAllBytesAsync(file, cancellationToken)
                : throw new SetupException("body_missing", "The file of the body does not exist.");
        }

        await using var input = System.Console.OpenStandardInput();
        using var body = new MemoryStream();
        await input.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    private static Option<bool> Json() => new("--json") { Description = "Output as JSON." };

    private static string[] Row(JsonElement source) =>
        [
            source.GetProperty("name").GetString()!,
            source.GetProperty("signature").GetString()!,
            source.GetProperty("signing_keys").GetRawText(),
            source.GetProperty("default_country").GetString()!,
            string.Join(", ", source.GetProperty("hashed").EnumerateArray().Select(field => field.GetString())),
        ];
}
