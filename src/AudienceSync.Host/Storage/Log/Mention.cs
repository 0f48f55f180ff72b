using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Storage.Log;

/// <summary>The people that one item of a request names, whether it became an event or not, and whether one of them was erased.</summary>
public sealed class Mention(Alias[] aliases)
{
    public Alias[] Aliases => aliases;

    /// <summary>The bytes of the request's body that contain the item; empty when it is the whole body.</summary>
    public ReadOnlyMemory<byte> Text { get; set; }

    /// <summary>The erasure that erased one of the identifiers. Set by the append: then nothing of the item is kept.</summary>
    public Guid? Erasure { get; set; }

    /// <summary>Identifiers are digests here, but they serve no purpose in a log.</summary>
    public override string ToString() => "Mention(***)";
}
