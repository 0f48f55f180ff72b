using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Storage.Log;

/// <summary>Whom one item of a request names, whether it became an event or not, and whether he was erased.</summary>
public sealed class Mention(Alias[] aliases)
{
    public Alias[] Aliases => aliases;

    /// <summary>The bytes of the request's body that hold it; empty when it is the whole body.</summary>
    public ReadOnlyMemory<byte> Text { get; set; }

    /// <summary>The erasure that one of the identifiers was erased by. Set by the append: then nothing of the item is kept.</summary>
    public Guid? Erasure { get; set; }

    /// <summary>Identifiers are digests here, but nobody is served by seeing them in a log.</summary>
    public override string ToString() => "Mention(***)";
}
