using System.Text.Json;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Cli;

/// <summary>
/// A file with the identifiers of a person. They are never on the command line, which every user of the machine can read and which ends up
/// in shell histories.
/// </summary>
internal static class IdentifiersFile
{
    /// <summary>What it contains, for help texts.</summary>
    public const string Form = "JSON: customer_id, email, phone (with country when national), hashed.";

    /// <summary>
    /// The content of the file, parsed as JSON so that an error is reported before anything is sent. The parser's message is not repeated,
    /// because it may contain the data.
    /// </summary>
    /// <param name="file">Its path, or - for standard input.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SetupException">identifiers_missing</exception>
    public static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (file != "-" && !File.Exists(file))
        {
            throw new SetupException("identifiers_missing", "The identifiers file does not exist.");
        }

        var text = file == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(file, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(text);
            return text;
        }
        catch (JsonException)
        {
            throw new SetupException("identifiers_missing", $"The identifiers are not valid JSON. {Form}");
        }
    }
}
