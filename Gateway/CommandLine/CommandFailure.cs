namespace WsCluster.Gateway.CommandLine;

/// <summary>A command cannot do what it was asked; the message is the sentence that the person reads.</summary>
internal sealed class CommandFailure(string sentence) : Exception(sentence);
